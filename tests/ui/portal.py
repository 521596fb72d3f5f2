"""A desktop portal of its own on the session's bus: says what the system's settings are.

    python -m tests.ui.portal '{"SPACE KEY": [SIGNATURE, VALUE], …}'

prints whether Chatapp then thinks that the system asks for less movement.
"""

from __future__ import annotations

import json
import sys
import threading

from jeepney import HeaderFields, MessageType, new_error, new_method_return
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import open_dbus_connection

from chatapp.ui.motion import system_reduces_motion


def main() -> None:
    settings = json.loads(sys.argv[1])
    bus = open_dbus_connection("SESSION")
    bus.send_and_get_reply(message_bus.RequestName("org.freedesktop.portal.Desktop"), timeout=5)

    def serve() -> None:
        while True:
            message = bus.receive()
            if message.header.message_type is not MessageType.method_call:
                continue
            found = settings.get(" ".join(message.body))
            assert message.header.fields[HeaderFields.member] == "Read"
            if found is None:
                bus.send(new_error(message, "org.freedesktop.portal.Error.NotFound"))
            else:
                bus.send(new_method_return(message, "v", (("v", tuple(found)),)))

    threading.Thread(target=serve, daemon=True).start()
    sys.stdout.write(json.dumps(system_reduces_motion()))


if __name__ == "__main__":
    main()
