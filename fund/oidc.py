"""A school's single sign-on (OpenID Connect, authorization code with PKCE): what its provider says, checked.

Switched on by the environment alone. Nothing here signs anybody in: it ends with an address that the provider calls
verified, and `fund.accounts` decides what that address is worth. Every call goes outside: never in a transaction.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import asdict, dataclass
from typing import Any, Final
from urllib.parse import urlencode

import jwt
import requests
from django.conf import settings

SCOPE: Final = "openid email"
_SECONDS: Final = 10
_LEEWAY: Final = 60  # seconds by which two clocks may differ
# Signed with the provider's private key only: a shared secret or no signature proves nothing here.
_ALGORITHMS: Final = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384"]


class SignOnFailed(Exception):
    """The provider's answer proves nothing; `code` is for tests and logs, the person hears one sentence for all."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Trip:
    """What one browser takes along to the provider and must bring back; kept in its sealed session."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def new(cls) -> "Trip":
        return cls(*(secrets.token_urlsafe(32) for _part in range(3)))

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


def is_on() -> bool:
    return bool(settings.OIDC_ISSUER)


def sign_on_address(trip: Trip, *, back_to: str) -> str:
    """Where the browser goes. Raises SignOnFailed when the provider cannot be reached."""
    digest = hashlib.sha256(trip.verifier.encode()).digest()
    asked = {
        "response_type": "code",
        "client_id": settings.OIDC_CLIENT_ID,
        "redirect_uri": back_to,
        "scope": SCOPE,
        "state": trip.state,
        "nonce": trip.nonce,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    endpoint = str(_configuration()["authorization_endpoint"])
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"


def verified_address(trip: Trip, *, state: str, code: str, back_to: str) -> str:
    """The address that the provider calls verified, in lower case.

    Raises SignOnFailed for an answer to somebody else's trip, a token that is not for us, not from them, not of this
    trip, expired or badly signed, and for an address that is missing or not verified.
    """
    if not hmac.compare_digest(state.encode(), trip.state.encode()):
        raise SignOnFailed("state")
    configuration = _configuration()
    tokens = _tokens(configuration, trip, code, back_to)
    claims = _claims(configuration, str(tokens.get("id_token", "")))
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), trip.nonce.encode()):
        raise SignOnFailed("nonce")
    person = claims if "email" in claims else _person(configuration, tokens, str(claims["sub"]))
    email = str(person.get("email", "")).strip().lower()
    if person.get("email_verified") is not True or "@" not in email:
        raise SignOnFailed("unverified")
    return email


def _configuration() -> dict[str, Any]:
    issuer = settings.OIDC_ISSUER
    found = _json("GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    if found.get("issuer") != issuer:
        raise SignOnFailed("issuer")
    return found


def _tokens(configuration: dict[str, Any], trip: Trip, code: str, back_to: str) -> dict[str, Any]:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": back_to,
        "code_verifier": trip.verifier,
    }
    proof = {"client_id": settings.OIDC_CLIENT_ID, "client_secret": settings.OIDC_CLIENT_SECRET}
    known = configuration.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    address = str(configuration["token_endpoint"])
    if "client_secret_basic" in known:
        return _json("POST", address, data=form, auth=(proof["client_id"], proof["client_secret"]))
    return _json("POST", address, data={**form, **proof})


def _claims(configuration: dict[str, Any], token: str) -> dict[str, Any]:
    """The claims of a token signed by the provider, for us, still good."""
    try:
        header = jwt.get_unverified_header(token)
        keys = jwt.PyJWKSet.from_dict(_json("GET", str(configuration["jwks_uri"]))).keys
        fitting = [key for key in keys if header.get("kid") in (None, key.key_id)]
        if not fitting:
            raise SignOnFailed("key")
        claims: dict[str, Any] = jwt.decode(
            token,
            fitting[0],
            algorithms=_ALGORITHMS,
            audience=settings.OIDC_CLIENT_ID,
            issuer=settings.OIDC_ISSUER,
            leeway=_LEEWAY,
            options={"require": ["exp", "iat", "aud", "iss", "sub"]},
        )
    except jwt.PyJWTError as error:
        raise SignOnFailed(type(error).__name__) from error
    if (
        isinstance(claims["aud"], list)
        and len(claims["aud"]) > 1
        and claims.get("azp") != settings.OIDC_CLIENT_ID
    ):
        raise SignOnFailed("azp")
    return claims


def _person(configuration: dict[str, Any], tokens: dict[str, Any], subject: str) -> dict[str, Any]:
    """What the provider tells beside the token, about the same person."""
    access = {"Authorization": f"Bearer {tokens.get('access_token', '')}"}
    found = _json("GET", str(configuration.get("userinfo_endpoint", "")), headers=access)
    if found.get("sub") != subject:
        raise SignOnFailed("subject")
    return found


def _json(method: str, address: str, **more: Any) -> dict[str, Any]:
    """Raises SignOnFailed on silence, a refusal, or an answer that is no JSON object."""
    try:
        answer = requests.request(method, address, timeout=_SECONDS, allow_redirects=False, **more)
        answer.raise_for_status()
        found = answer.json()
    except (requests.RequestException, ValueError) as error:
        raise SignOnFailed("silent") from error
    if answer.status_code != requests.codes.ok or not isinstance(found, dict):
        raise SignOnFailed("silent")
    return found
