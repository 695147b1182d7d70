"""Checks of a destination's secrets and, by one harmless call, of the API itself."""

from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from urllib.parse import urlsplit

from connector.contract.contract import Contract
from connector.contract.requests import Check
from connector.doctor import placeholders
from connector.doctor.finding import Group, Result, failed, ok, skipped
from connector.doctor.subject import Target
from connector.exceptions import DestinationUnavailableError
from connector.http.answer import Answer, Response
from connector.http.auth import authentication
from connector.http.surroundings import check_surroundings
from connector.http.transport import Transport
from connector.settings.settings import VARIABLE, Destination

_REFUSED = (401, 403)
_TROUBLE = (502, 503, 504)
_SKEW = 60.0  # seconds that the clocks may differ


class Api:
    """A destination's API, called at most twice; no order data are sent."""

    def __init__(self, target: Target) -> None:
        self._contract: Contract = target.contract
        self.destination: Destination = target.destination

    @property
    def check(self) -> Check | None:
        """Return what the contract says of the call that checks credentials."""
        return self._contract.check

    @cached_property
    def greeted(self) -> Response:
        """Return what is answered where orders go to when nothing is posted.

        Raises DestinationUnavailableError, or ConfigError for a variable of the environment.
        """
        return self._call("OPTIONS", self.destination.url, None)

    def checked(self, check: Check) -> Response:
        """Return the answer to the harmless call; raises as `greeted` does."""
        return self._call(check.method, self.check_url(check), check.body)

    def check_url(self, check: Check) -> str:
        """Return the URL of the harmless call: on the host that connector.yml names, if any."""
        return self.destination.beside(check.environments)

    def _call(self, method: str, url: str, body: str | None) -> Response:
        delivery, resolved = self.destination.delivery, self.destination.resolved()
        check_surroundings(url)
        timeouts = (delivery.connect_timeout, delivery.read_timeout)
        transport = Transport(url, authentication(self._contract, resolved), timeouts)
        found = transport.call(method, body.encode() if body else None)
        if isinstance(found, Answer):
            advice = "check the network, the proxy and `url` in connector.yml"
            if self.destination.environment == "local":
                advice = "start the sandbox with `connector sandbox`, or set another `environment`"
            raise DestinationUnavailableError(f"{found.message}; {advice}")
        return found


def secrets(api: Api) -> Iterator[Result]:
    """Check that every variable that connector.yml names is set; no value is shown."""
    destination = api.destination
    texts = destination.values.values()
    names = list(dict.fromkeys(name for text in texts for name in VARIABLE.findall(text)))
    destination.resolved()
    yield ok(f"{', '.join(names)} set" if names else "none is asked for")


def filled(api: Api) -> Iterator[Result]:
    """Check that no setting is a placeholder, such as CHANGE_ME; no value is shown."""
    destination = api.destination
    if destination.environment == "local":
        yield skipped("the sandbox takes any value")
        return
    wrong = ", ".join(placeholders.left(destination))
    if wrong:
        place = f"destinations.{destination.name}: {wrong}"
        yield failed(f"{destination.path}: {place} is a placeholder; fill in what you were given")
    else:
        yield ok("no setting is a placeholder")


def reachable(api: Api) -> Iterator[Result]:
    """Check that something answers where orders go to, and that the sandbox takes orders there."""
    url, own = urlsplit(api.destination.url), urlsplit(api.destination.with_urls().own_url).path
    host, status = url.netloc, api.greeted.status
    if api.destination.environment == "local" and url.path.rstrip("/") != own:
        right = url._replace(path=own).geturl()
        yield failed(f"the sandbox takes orders at {own}; set `url: {right}` in connector.yml")
    elif status in _TROUBLE:
        yield failed(f"{host} answers {status}, so it has trouble; try again later")
    else:
        yield ok(f"{host} answers")


def credentials(api: Api) -> Iterator[Result]:
    """Check that the API accepts the credentials."""
    if api.check is None:
        yield skipped("the API offers no call that would tell without sending an order")
        return
    status, names = api.checked(api.check).status, ", ".join(api.destination.values)
    if status in api.check.accepted:
        yield ok(f"the API accepts {names}")
    elif status in _REFUSED:
        yield failed(f"the API refuses {names} (it answers {status}); correct the environment")
    else:
        url = api.check_url(api.check)
        advice = "check `environment` and `url` in connector.yml, or try again later"
        yield failed(f"{url} answers {status}, which tells nothing of {names}; {advice}")


def clock(api: Api) -> Iterator[Result]:
    """Check that this machine's clock and that of the API agree."""
    written = api.greeted.date
    if not written:
        yield skipped("the answer has no date")
        return
    try:
        theirs = parsedate_to_datetime(written)
    except ValueError:
        yield skipped("the answer's date cannot be read")
        return
    if theirs.tzinfo is None:
        theirs = theirs.replace(tzinfo=UTC)
    seconds = (datetime.now(UTC) - theirs).total_seconds()
    if abs(seconds) <= _SKEW:
        yield ok(f"{abs(seconds):.0f} s apart")
    else:
        told = "ahead of" if seconds > 0 else "behind"
        yield failed(
            f"this machine is {abs(seconds):,.0f} s {told} {urlsplit(api.destination.url).netloc}; "
            "set its clock, for example with `timedatectl set-ntp true`"
        )


CHECKS: Group[Api] = {
    "secrets": secrets,
    "placeholders": filled,
    "reachable": reachable,
    "credentials": credentials,
    "clock": clock,
}
