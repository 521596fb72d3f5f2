#!/usr/bin/env bash
# Proves that the engine of a .deb runs on a processor of 2008, which has nothing newer than SSE 4.2:
# in one emulated process a model is loaded and answers with eight tokens. An engine that was built
# for this computer has to fail the same test, or else the test proves nothing.
#
#     packaging/linux/try_processor.sh dist/chatapp_0.1.0_amd64.deb FOLDER [MODEL.gguf]
#
# FOLDER is llama_cpp/lib of such a build, as .venv has it when llama.cpp was compiled there. Without
# a model the one inside the .deb is taken. Needs qemu-user, and build/venv of packaging/build.py.
set -euo pipefail

root=$(realpath "$(dirname "$0")/../..")
package=$(realpath "$1")
native=$(realpath "$2")
old=(qemu-x86_64 -cpu Nehalem)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

dpkg-deb --extract "$package" "$folder"
program="$folder/usr/lib/chatapp"
model=${3:-$(find "$program" -name '*.gguf' | head -n 1)}
probe() {
    LD_LIBRARY_PATH="$program/_internal" timeout 1200 "${old[@]}" "$root/build/venv/bin/python" \
        "$root/packaging/linux/probe_engine.py" "$1" "$model"
}

echo "== the engine of $package on Nehalem"
probe "$program/_internal/llama_cpp/lib"

echo "== an engine built for this computer: $native"
code=0
probe "$native" || code=$?
if [ "$code" != 132 ]; then # 128 and SIGILL
    echo "it was expected to end with an illegal instruction, and ended with $code"
    exit 1
fi
echo "it ended with an illegal instruction, as it has to"

echo "== the frozen program itself on Nehalem"
# As PyInstaller's loader finds it after it has started itself anew, which an emulator can't follow.
env _PYI_ARCHIVE_FILE="$program/chatapp" _PYI_PARENT_PROCESS_LEVEL=1 \
    LD_LIBRARY_PATH="$program/_internal" "${old[@]}" "$program/chatapp" --version
