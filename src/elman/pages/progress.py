"""Shows a training on a terminal, or as plain lines in a log."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn
from rich.text import Text

from elman.errors import ConfigError
from elman.events import Event, Listener, Notice, Planned, Sampled, Stepped, Stopped, Validated
from elman.text.printed import counted

_SMOOTHING = 0.98
_LINES = 20
_SLOW, _SECONDS, _SHARE_KNOWN, _FEW = 1.3, 2.0, 0.1, 5
"""Times slower than planned that is told, and seconds, once this share of the updates and so many of them were made."""
_BAR = 8, 28  # how wide a bar is, at least and at most
_BESIDE = 66  # what stands beside it


class Display:
    """A listener that draws a bar on a terminal and prints about twenty lines elsewhere; all of it to one stream.

    Args:
        stream: where to; standard error if left out.
        first_sample: whether what the untrained model writes is shown too.
        clock: tells the seconds that have passed. The display alone looks at it: the length of a run never follows it.
    """

    def __init__(
        self, stream: TextIO | None = None, first_sample: bool = False, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.console = _PatientConsole(file=stream, stderr=stream is None, highlight=False, force_jupyter=False)
        self._first_sample = first_sample
        self._bar: Progress | None = None
        self._plan: Planned | None = None
        self._meter = _Meter()
        self._clock = clock
        self._pace = _Pace()
        self._told_pace = False
        self._told_unbeaten = ""
        self._sample: Sampled | None = None

    def __call__(self, event: Event) -> None:
        """Show one event; when there is nowhere to show it any more, show no more. A training does not end for that."""
        try:
            self._show(event)
        except (OSError, ValueError):
            self.console.quiet = True

    def _show(self, event: Event) -> None:
        match event:
            case Notice():
                self._line(f"[dim]{escape(event.text)}[/dim]")
            case Planned():
                self._planned(event)
            case Stepped():
                self._stepped(event)
            case Validated():
                self._pace.validated += 1
                mark = "  [green]best so far[/green]" if event.best else ""
                below = ""
                if event.unbeaten and event.unbeaten != self._told_unbeaten:  # once, not at every validation
                    below = f"  [yellow]no better than {escape(event.unbeaten)}[/yellow]"
                self._told_unbeaten = event.unbeaten
                self._line(f"step {event.step:>7,}   validation [bold]{event.shown}[/bold]{mark}{below}")
            case Sampled():
                self._sampled(event)
            case Stopped():
                self._stopped(event)

    def close(self) -> None:
        """Remove the bar, when training ends without saying so."""
        if self._bar is not None:
            with suppress(OSError, ValueError):
                self._bar.stop()
            self._bar = None

    def _planned(self, plan: Planned) -> None:
        self._plan, self._pace = plan, _Pace()
        for name, text in plan.facts.items():
            self._line(f"{name:<7} {escape(text)}")
        time_it_takes = f", about {duration(plan.seconds)}" if plan.seconds else ""
        self._line(
            f"plan    {counted(plan.steps, plan.steps_are)} of {counted(plan.batch_tokens, plan.unit)}, "
            f"{plan.epochs:.1f} passes over the data{time_it_takes}"
        )
        if plan.step:
            self._line(f"        going on from step {plan.step:,}")
        if self.console.is_terminal:
            bar = BarColumn(bar_width=max(_BAR[0], min(_BAR[1], self.console.width - _BESIDE)))
            columns = (bar, TextColumn("{task.percentage:>3.0f}%"), _Readings(self._meter))
            self._bar = Progress(*columns, console=self.console, transient=True, refresh_per_second=5)
            self._bar.add_task("train", total=plan.steps, completed=plan.step)
            self._bar.start()

    def _stepped(self, event: Stepped) -> None:
        if self._plan is None:
            return
        self._meter.update(event, self._plan)
        self._pace.take(event, self._clock())
        self._watch_the_pace(event.step, self._plan)
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], completed=event.step)
        elif not self.console.is_terminal and event.step % max(1, self._plan.steps // _LINES) == 0:
            share = event.step / self._plan.steps
            self._line(f"step {event.step:>7,}   {share:>4.0%}   {self._meter.text}")

    def _watch_the_pace(self, step: int, plan: Planned) -> None:
        """Tell once, as soon as it shows, when updates and all that belongs to them take much longer than planned."""
        made, all_ = step - plan.step, plan.steps - plan.step
        if self._told_pace or not plan.seconds or made < max(_FEW, _SHARE_KNOWN * all_):
            return
        whole = self._pace.whole(made, all_, plan.validations)
        if whole > max(_SLOW * plan.seconds, plan.seconds + _SECONDS * all_ / made):
            self._told_pace = True
            self._line(
                f"[dim]slower than planned: about {duration(whole)} in all, not {duration(plan.seconds)}; "
                "Ctrl-C saves what there is, and --resume goes on with it[/dim]"
            )

    def _sampled(self, event: Sampled) -> None:
        self._sample = self._sample if self._sample and self._sample.kept > event.kept else event
        if event.step == 0 and self._first_sample:
            self._show_sample(event, "what it gives before training")

    def _stopped(self, event: Stopped) -> None:
        self.close()
        if self._sample is not None and self._sample.step and event.reason == "finished":
            now = self._sample.step == event.step
            of_step = f"what it gives with the weights of step {self._sample.step:,}, which are kept"
            self._show_sample(self._sample, "what it gives now" if now else of_step)
        self._line(f"{event.reason} at step {event.step:,} after {duration(event.seconds)} of training")

    def _show_sample(self, event: Sampled, title: str) -> None:
        self._line(f"\n[bold]{title}[/bold]")
        for line in event.text.strip("\n").split("\n"):
            self.console.print(Text(f"    {line}"), soft_wrap=True)
        self._line("")

    def _line(self, text: str) -> None:
        self.console.print(text, soft_wrap=not self.console.is_terminal)  # a terminal would break lines within words


@contextmanager
def watched(listener: Listener | None) -> Iterator[Listener]:
    """Give who listens to a training; if nobody does, a display, whose bar goes away however the training ends.

    Raises:
        ConfigError: it cannot be told anything.
    """
    if listener is not None and not callable(listener):
        raise ConfigError(
            f"listener: got {type(listener).__name__}, expected a function of one event, such as elman.silent."
        )
    if listener is not None:
        yield listener
        return
    display = Display(sys.stdout if Console().is_jupyter else None)  # there standard error looks like a mistake
    try:
        yield display
    finally:
        display.close()


class _PatientConsole(Console):
    """A console that falls silent when nobody reads it any more: a training does not end for that."""

    def on_broken_pipe(self) -> None:
        self.quiet = True


class _Pace:
    """How long a training takes, by what it took since its first update: what stands before that comes once."""

    def __init__(self) -> None:
        self.validated = 0
        self._began: float | None = None
        self._updates = self._rest = 0.0

    def take(self, event: Stepped, now: float) -> None:
        """Count an update, which ends now."""
        if self._began is None:
            self._began = now - event.seconds
            self.validated = 0
        self._updates += event.seconds
        self._rest = now - self._began - self._updates

    def whole(self, made: int, updates: int, validations: int) -> float:
        """Return the seconds that all updates take, and what is between them: mostly validations.

        Args:
            made: updates so far.
            updates: that are made in all.
            validations: that there are in all.
        """
        times = validations / self.validated if self.validated and validations else updates / made
        return self._updates * updates / made + self._rest * times


class _Meter:
    """The loss, smoothed, the speed, and the time left."""

    def __init__(self) -> None:
        self.text = ""
        self._seconds = 0.0
        self._tokens = 0.0
        self._weight = 0.0

    def update(self, event: Stepped, plan: Planned) -> None:
        self._seconds = _SMOOTHING * self._seconds + event.seconds
        self._tokens = _SMOOTHING * self._tokens + event.tokens
        self._weight = _SMOOTHING * self._weight + 1
        speed = self._tokens / max(self._seconds, 1e-9)
        left = (plan.steps - event.step) * self._seconds / self._weight
        self.text = f"{event.shown}   {speed:,.0f} {plan.unit}/s   {duration(left)} left"


class _Readings(ProgressColumn):
    def __init__(self, meter: _Meter) -> None:
        super().__init__()
        self._meter = meter

    def render(self, task: Task) -> Text:
        return Text(f"step {int(task.completed):,}   {self._meter.text}")


def duration(seconds: float) -> str:
    """Return a time as people say it: `42 s`, `4 min 05 s`, `3 h 20 min`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02} min"
