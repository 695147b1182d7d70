"""Bodies go to S3 without a hash of their own where TLS protects them, unless the user wants it."""

import shutil
import subprocess
import threading

import pytest
from werkzeug.serving import make_server

from connector.blobs.address import blobs

UNHASHED = "UNSIGNED-PAYLOAD"
OPENSSL = ("openssl", "req", "-x509", "-nodes", "-days", "2", "-newkey", "rsa:2048")
OF_A_HOST = ("-addext", "subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=CA:FALSE")


@pytest.fixture(params=["https", "http"])
def hashes(request, tmp_path, monkeypatch):
    """The hashes that an S3 server was sent, over TLS or not."""
    sent: list[str] = []

    def answer(environ, start):
        environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        sent.append(environ["HTTP_X_AMZ_CONTENT_SHA256"])
        start("200 OK", [("ETag", '"1"')])
        return [b""]

    keys = (str(tmp_path / "certificate.pem"), str(tmp_path / "key.pem"))
    if request.param == "https":
        if not shutil.which("openssl"):
            pytest.skip("the command openssl is missing, so there is no certificate to test with")
        places = ("-out", keys[0], "-keyout", keys[1], "-subj", "/CN=127.0.0.1")
        subprocess.run([*OPENSSL, *OF_A_HOST, *places], check=True, capture_output=True)
        monkeypatch.setenv("SSL_CERT_FILE", keys[0])
    else:
        monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    tls = keys if request.param == "https" else None
    server = make_server("127.0.0.1", 0, answer, threaded=True, ssl_context=tls)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "REGION"):
        monkeypatch.setenv(f"AWS_{name}", "planted")
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"{request.param}://127.0.0.1:{server.server_port}")
    yield request.param, sent
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("wish", [None, "false", "true"])
def test_a_body_is_hashed_where_nothing_else_protects_it(hashes, wish, monkeypatch):
    protocol, sent = hashes
    if wish:
        monkeypatch.setenv("AWS_UNSIGNED_PAYLOAD", wish)
    blobs("s3://ledgers/prefix").put_new("key", b"body")
    is_unhashed = wish == "true" or (wish is None and protocol == "https")
    assert (sent == [UNHASHED]) == is_unhashed
    assert len(sent) == 1
