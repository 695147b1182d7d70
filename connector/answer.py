"""The former place of `connector.http.answer`; it will be removed in the next release."""

from connector.http.answer import *  # noqa: F403
