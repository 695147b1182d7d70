"""The former place of `connector.http.answer`; it goes with the next release."""

from connector.http.answer import *  # noqa: F403
