"""How often to push, and when: the arithmetic of schedules, without a clock."""

import re
from dataclasses import dataclass

from connector.exceptions import ConfigError

_MINUTES_A_DAY = 1440
# Minutes between pushes that divide a day evenly and that every scheduler can say.
_INTERVALS = (720, 480, 360, 240, 180, 120, 60, 30, 20, 15, 12, 10, 6, 5)
_PER = {"hour": 24, "day": 1}
_PLAN = re.compile(r"(\d{1,4})/(day|hour)")
_TWICE = 2  # pushes for each processing, so that none misses what changed just before it
_NIGHT = 2  # o'clock, when everything is sent again
_MORNING = 5  # o'clock, when the last days are verified


@dataclass(frozen=True, slots=True)
class Cadence:
    """A push every `minutes`, a few minutes past the hour, when fewer others come."""

    minutes: int

    @property
    def pushes(self) -> int:
        """Return the number of pushes a day."""
        return _MINUTES_A_DAY // self.minutes

    @property
    def words(self) -> str:
        """Return the interval in words, as `cadence:` of connector.yml takes it."""
        return f"{self.minutes // 60}h" if self.minutes >= 60 else f"{self.minutes}m"  # noqa: PLR2004 - minutes an hour

    @property
    def cron(self) -> str:
        """Return the pushes in cron's words."""
        minute, hours = self._minute, self.minutes // 60
        if not hours:
            return f"{minute}-59/{self.minutes} * * * *"
        return f"{minute} * * * *" if hours == 1 else f"{minute} */{hours} * * *"

    @property
    def calendar(self) -> str:
        """Return the pushes in the words of systemd's OnCalendar."""
        minute, hours = self._minute, self.minutes // 60
        if not hours:
            return f"*-*-* *:{minute:02}/{self.minutes}:00"
        return f"*-*-* *:{minute:02}:00" if hours == 1 else f"*-*-* 00/{hours}:{minute:02}:00"

    @property
    def nightly_cron(self) -> str:
        """Return the time at which everything is sent again, between two pushes."""
        return f"{self._night} {_NIGHT} * * *"

    @property
    def nightly_calendar(self) -> str:
        """Return the same in the words of OnCalendar."""
        return f"*-*-* {_NIGHT:02}:{self._night:02}:00"

    @property
    def verify_cron(self) -> str:
        """Return the time at which the last days are verified, when what was sent is shown."""
        return f"{self._night} {_MORNING} * * *"

    @property
    def verify_calendar(self) -> str:
        """Return the same in the words of OnCalendar."""
        return f"*-*-* {_MORNING:02}:{self._night:02}:00"

    @property
    def health_cron(self) -> str:
        """Return the time, once an hour, at which the health is looked at."""
        return f"{self._quiet} * * * *"

    @property
    def health_calendar(self) -> str:
        """Return the same in the words of OnCalendar."""
        return f"*-*-* *:{self._quiet:02}:00"

    @property
    def _quiet(self) -> int:
        return (self._minute + 45) % 60

    @property
    def _minute(self) -> int:
        return min(7, self.minutes // 2)

    @property
    def _night(self) -> int:
        return self._minute + min(self.minutes, 60) // 2


def cadence(plan: str) -> Cadence:
    """Return the longest interval with at least two pushes for each processing of the plan.

    `plan` is how often the destination processes orders, such as `4/day` or `1/hour`. Raises
    ConfigError for another form, or for more than a push every 5 minutes.
    """
    match = _PLAN.fullmatch(plan)
    processings = int(match[1]) * _PER[match[2]] if match else 0
    fitting = [each for each in _INTERVALS if _MINUTES_A_DAY // each >= _TWICE * processings]
    if not processings or not fitting:
        most = _MINUTES_A_DAY // min(_INTERVALS) // _TWICE
        hint = f"write 4/day or 1/hour, at most {most}/day"
        raise ConfigError(f"{plan!r} is not a valid plan; {hint}")
    return Cadence(fitting[0])
