"""Calls a gateway with every kind of request that the unmodified official SDK can make.

Prints one JSON line per call: its name, and the answer or the error code.
"""

import json
import socket
import ssl
import sys

from tencentcloud.common.common_client import CommonClient
from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile

PORT, CA, ID, KEY, TEMPORARY_ID, TOKEN = sys.argv[1:]
LONG_TERM = Credential(ID, KEY)
TEMPORARY = Credential(TEMPORARY_ID, KEY, TOKEN)
PARAMS = {
    "Limit": 1,
    "Name": "a b+&=\u00e9\u6e29'(~)!*",
    "Filters": [{"Name": "zone", "Values": ["x", "y"]}],
    "Ids": ["i-%d" % number for number in range(12)],
}


# Python from 3.13 on verifies certificates so by default.
strict = ssl.create_default_context(cafile=CA)
strict.verify_flags |= ssl.VERIFY_X509_STRICT
strict.wrap_socket(socket.create_connection(("127.0.0.1", int(PORT))), server_hostname="localhost").close()


def client(credential, sign="TC3-HMAC-SHA256", method="POST", host="localhost", unsigned=False, keep=False):
    http = HttpProfile(endpoint="%s:%s" % (host, PORT), reqMethod=method, certification=CA, keepAlive=keep)
    profile = ClientProfile(signMethod=sign, httpProfile=http)
    profile.unsignedPayload = unsigned
    return CommonClient("cvm", "2017-03-12", credential, "ap-guangzhou", profile)


def report(name, call):
    try:
        answer = call()
        line = {"name": name, "echo": (answer["Response"] or {}).get("Echo")}
    except TencentCloudSDKException as error:
        line = {"name": name, "code": error.get_code(), "message": error.get_message()}
    print(json.dumps(line))


def call(**options):
    return lambda: client(**options).call_json("DescribeInstances", PARAMS)


for credential, key in [(LONG_TERM, "long-term"), (TEMPORARY, "temporary")]:
    for host in ["localhost", "127.0.0.1"]:
        for sign in ["TC3-HMAC-SHA256", "HmacSHA1", "HmacSHA256"]:
            for method in ["GET", "POST"]:
                name = "%s %s %s %s" % (key, host, sign, method)
                report(name, call(credential=credential, sign=sign, method=method, host=host))
        for method in ["GET", "POST"]:
            name = "%s %s UNSIGNED-PAYLOAD %s" % (key, host, method)
            report(name, call(credential=credential, method=method, host=host, unsigned=True))
    report(key + " multipart TC3-HMAC-SHA256 POST", lambda: client(credential).call_json(
        "Upload", {"Name": "\u00e9", "Data": b"\0\xff\r\n"},
        options={"IsMultipart": True, "BinaryParams": ["Data"]}))
    report(key + " octets TC3-HMAC-SHA256 POST", lambda: client(credential).call_octet_stream(
        "UploadLog", {"X-CLS-TopicId": "Ab"}, b"\0\xff\r\n"))

kept = client(LONG_TERM, keep=True)
for name in ["kept 1 TC3-HMAC-SHA256 POST", "kept 2 TC3-HMAC-SHA256 POST"]:
    report(name, lambda: kept.call_json("DescribeInstances", PARAMS))

WRONG = Credential(ID, "wrong")
for sign in ["TC3-HMAC-SHA256", "HmacSHA1", "HmacSHA256"]:
    for method in ["GET", "POST"]:
        report("wrong key %s %s" % (sign, method), call(credential=WRONG, sign=sign, method=method))
report("unknown id", call(credential=Credential("AKIDNOBODY", KEY)))
report("wrong token", call(credential=Credential(TEMPORARY_ID, KEY, "wrong")))
report("skipped", lambda: client(LONG_TERM).call_json("DescribeInstances", PARAMS, options={"SkipSign": True}))
