"""Log in, check the token, write a post, ask who I am: with requests.

    SITE=https://shop.example.org LOGIN=edna PASSWORD=... python3 walk.py
"""

import os

import requests

api = os.environ["SITE"] + "/wp-json"

answer = requests.post(
    api + "/jwt-auth/v1/token",
    json={"username": os.environ["LOGIN"], "password": os.environ["PASSWORD"]},
    timeout=10,
)
answer.raise_for_status()
print("token for", answer.json()["user_email"])

session = requests.Session()
session.trust_env = False  # a .netrc would take the place of the token
session.headers["Authorization"] = "Bearer " + answer.json()["token"]

answer = session.post(api + "/jwt-auth/v1/token/validate", timeout=10)
print("validate:", answer.json()["code"])

answer = session.post(
    api + "/wp/v2/posts",
    json={"title": "Written with requests", "status": "publish"},
    timeout=10,
)
print("post:", answer.status_code)

print("me:", session.get(api + "/wp/v2/users/me", timeout=10).json()["name"])
