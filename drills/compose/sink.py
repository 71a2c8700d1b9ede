"""Takes whatever is posted to it over TLS, and writes each down as a line: `sink.py CERTIFICATE KEY FILE`."""

import http.server
import json
import ssl
import sys

CERTIFICATE, KEY, FILE = sys.argv[1:]


class Taking(http.server.BaseHTTPRequestHandler):
    """One request."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        place = self.headers["Host"].split(":")[0]
        with open(FILE, "a") as file:
            file.write(json.dumps({"place": place, "body": body}) + "\n")
        self.send_response(202 if place == "events.pagerduty.com" else 200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("0.0.0.0", 443), Taking)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(CERTIFICATE, KEY)
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
