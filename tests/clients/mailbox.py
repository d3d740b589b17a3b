"""An SMTP server (aiosmtpd) for the tests: it keeps each message that it takes in a file, and says
what a test tells it to say.

Usage: mailbox.py FOLDER PORT {plain,starttls,tls} CERTIFICATE KEY [USER PASSWORD]
"""

import asyncio
import json
import os
import pathlib
import shutil
import ssl
import sys
import threading
from email import message_from_bytes, policy

from aiosmtpd.smtp import SMTP, AuthResult


class Keeping:
    """Keeps messages, unless there is a file `answer`: then that is answered."""

    def __init__(self, folder):
        self.folder = folder
        self.count = len(list(folder.glob("*.json")))

    async def handle_DATA(self, server, session, envelope):
        answer = self.folder / "answer"
        if answer.exists():
            return answer.read_text().strip()
        message = message_from_bytes(envelope.content, policy=policy.SMTPUTF8)
        kept = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "over_tls": server.transport.get_extra_info("ssl_object") is not None,
            "signed_in": bool(session.authenticated),
            "headers": [[name, str(value)] for name, value in message.items()],
            "text": message.get_content(),
            "raw": envelope.content.decode("ascii"),
        }
        self.count += 1
        path = self.folder / f"{self.count:06}.json"
        new = path.with_suffix(".new")
        new.write_text(json.dumps(kept))
        new.rename(path)
        return "250 OK"


def end_with_its_user(folder):
    """Ends, and takes its folder away, once whoever started it is no more."""
    sys.stdin.read()
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


async def main():
    folder, port, mode, certificate, key, *user = sys.argv[1:]
    threading.Thread(target=end_with_its_user, args=[folder], daemon=True).start()
    handler = Keeping(pathlib.Path(folder))
    settings = {}
    context = None
    if mode != "plain":
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate, key)
    if mode == "starttls":
        settings |= {"tls_context": context, "require_starttls": True}
    if user:
        name, password = (each.encode() for each in user)

        def authenticate(server, session, envelope, mechanism, data):
            is_right = data.login == name and data.password == password
            return AuthResult(success=is_right, handled=False)

        settings |= {
            "authenticator": authenticate,
            "auth_required": True,
            # What is wrapped in TLS from the start counts as being without it.
            "auth_require_tls": mode == "starttls",
        }
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(handler, hostname="mailbox.example", **settings),
        host="127.0.0.1",
        port=int(port),
        ssl=context if mode == "tls" else None,
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
