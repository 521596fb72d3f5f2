#!/usr/bin/env bash
# Takes Chatapp out of a disk image as a person does, and tries it, in a folder of its own.
#
#     packaging/macos/try_image.sh dist/chatapp-….dmg
set -euo pipefail

folder=$(mktemp -d)
mounted="$folder/image"
trap 'hdiutil detach "$mounted" -force > /dev/null 2>&1 || true; rm -rf "$folder"' EXIT

hdiutil attach "$1" -nobrowse -readonly -mountpoint "$mounted"
test -L "$mounted/Applications"
ditto "$mounted/Chatapp.app" "$folder/Chatapp.app"
hdiutil detach "$mounted"

app="$folder/Chatapp.app"
plutil -lint "$app/Contents/Info.plist"
codesign --verify --deep --strict --verbose=1 "$app"
if grep -q "^Authority=Developer ID" <<< "$(codesign --display --verbose=2 "$app" 2>&1)"; then
    xcrun stapler validate "$app" || echo "signed, but not notarised"
fi
"$app/Contents/MacOS/chatapp" --smoke-test
"$app/Contents/MacOS/chatapp" --data-dir "$folder/home" ask --max-tokens 16 "Name three colours."
