#!/usr/bin/env bash
# Installs the .deb of a folder in systems that hold nothing else, cuts them off from the network
# and tries Chatapp there; then the archive and the AppImage, with the same libraries.
#
#     packaging/linux/try_packages.sh dist debian:12 ubuntu:24.04
#
# Needs Docker. The systems are names of its images.
set -euo pipefail

folder=$(realpath "$1")
shift
name="chatapp-bare-$$"
trap 'docker rm --force "$name" > /dev/null 2>&1 || true' EXIT

inside() {
    docker exec --env APPIMAGE_EXTRACT_AND_RUN=1 "$name" sh -euc "$1"
}

for system in "$@"; do
    echo "== $system"
    docker run --detach --name "$name" --volume "$folder:/dist:ro" "$system" sleep infinity
    inside 'apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends /dist/*.deb' > /dev/null
    docker network disconnect bridge "$name"
    inside 'chatapp --smoke-test'
    inside 'chatapp ask --max-tokens 16 "Name three colours."'
    inside 'mkdir /tmp/tar && tar -xf /dist/*.tar.gz -C /tmp/tar && /tmp/tar/*/chatapp --smoke-test'
    inside 'if [ -e /dist/*.AppImage ]; then /dist/*.AppImage --smoke-test; fi'
    inside 'apt-get remove -qq -y chatapp > /dev/null; ! command -v chatapp'
    docker rm --force "$name" > /dev/null
done
