#!/usr/bin/env bash
# Installs a .deb in a system that holds nothing else, cuts it off from the network, tries Chatapp
# there as an ordinary user, and removes it.
#
#     packaging/linux/try_deb.sh dist/chatapp_0.1.0_amd64.deb [bookworm]
#
# Needs root, debootstrap and a .deb made with --with-starter-model. The system is made in /var/tmp
# from the package source that this computer has for that release.
set -euo pipefail

package=$(realpath "$1")
release=${2:-$(. /etc/os-release && echo "$VERSION_CODENAME")}
source=$(apt-get indextargets --format '$(CODENAME) $(REPO_URI)' 'Created-By: Packages' |
    awk -v release="$release" '$1 == release {print $2; exit}')
kept=/var/tmp/chatapp-bare-$release.tar
root=$(mktemp -d /var/tmp/chatapp-bare.XXXXXX)
trap 'rm -rf --one-file-system "$root"' EXIT

if [ -e "$kept" ]; then
    tar -xf "$kept" -C "$root" --numeric-owner
else
    debootstrap --variant=minbase "$release" "$root" "$source" > "$root.log" 2>&1 ||
        { tail -n 20 "$root.log"; exit 1; }
    rm "$root.log"
    tar -cf "$kept" -C "$root" --numeric-owner .
fi
chmod 755 "$root"
cp "$package" "$root/chatapp.deb"
cp /etc/resolv.conf "$root/etc/resolv.conf"

# What is mounted in there is gone with the process.
inside() {
    unshare --mount --pid --fork --kill-child "${namespaces[@]}" bash -euc '
        root=$0
        mount --make-rprivate /
        mount -t proc proc "$root/proc"
        mount -t tmpfs tmpfs "$root/dev/shm" 2> /dev/null ||
            { mkdir -p "$root/dev/shm" && mount -t tmpfs tmpfs "$root/dev/shm"; }
        ip link set lo up 2> /dev/null || true
        exec chroot "$root" "$@"' "$root" "$@"
}
as_user() {
    inside setpriv --reuid=1000 --regid=1000 --clear-groups \
        env -i HOME=/home/somebody PATH=/usr/bin:/bin LANG=C.UTF-8 XDG_RUNTIME_DIR= "$@"
}

namespaces=()
echo "== installing"
inside env DEBIAN_FRONTEND=noninteractive bash -euc '
    apt-get update -qq
    apt-get install -qq -y --no-install-recommends /chatapp.deb' > "$root/install.log" 2>&1 ||
    { tail -n 20 "$root/install.log"; exit 1; }
inside useradd --create-home --uid 1000 somebody
inside dpkg --verify chatapp
inside dpkg-query --show --showformat='${Depends}\n' chatapp

echo "== every library finds those that it needs"
# llama.cpp's modules are loaded by a library that has loaded what they need.
libraries=/usr/lib/chatapp/_internal
inside env "LD_LIBRARY_PATH=$libraries:$libraries/llama_cpp/lib" bash -euc '
    find /usr/lib/chatapp -type f -name "*.so*" -print0 | while IFS= read -r -d "" file; do
        ldd "$file" 2> /dev/null | grep "not found" | sed "s|^|$file:|"
    done' | grep -v -e libcuda.so.1 -e libvulkan.so.1 > "$root/missing" || true
if [ -s "$root/missing" ]; then
    cat "$root/missing"
    exit 1
fi

namespaces=(--net) # nothing but itself can be reached
echo "== the smoke test"
as_user chatapp --smoke-test 2> "$root/errors" || { cat "$root/errors"; exit 1; }
echo "== a question"
answer=$(as_user chatapp ask --max-tokens 24 "Name three colours." 2>> "$root/errors") ||
    { cat "$root/errors"; exit 1; }
echo "$answer"
[ -n "$answer" ]
if [ -s "$root/errors" ]; then
    echo "what should have been silent said:"
    cat "$root/errors"
    exit 1
fi

echo "== removing"
inside env DEBIAN_FRONTEND=noninteractive apt-get purge -qq -y chatapp > "$root/remove.log" 2>&1
if [ -e "$root/usr/lib/chatapp" ] || [ -e "$root/usr/bin/chatapp" ]; then
    echo "something of it is left"
    exit 1
fi
echo "passed"
