"""elman doctor: what this installation can do, and what would make it better."""

import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import typer

_PACKAGES = ("torch", "numpy", "safetensors", "pydantic", "typer", "rich", "matplotlib")


def command(
    strict: bool = typer.Option(False, "--strict", help="Exit with 2 when something is missing."),
) -> int:
    """Check this installation.

    Prints versions, kernels, threads and devices, and a fix for what is missing.
    """
    from elman.version import __version__

    rows = [("elman", __version__, ""), ("python", f"{platform.python_version()} ({sys.executable})", "")]
    rows += [_package(name) for name in _PACKAGES]
    if not any(fix for _, _, fix in rows):
        rows += _machine()
    for name, found, fix in rows:
        print(f"{name:<14}{found}")
        if fix:
            print(f"{'':<14}fix: {fix}")
    missing = sum(bool(fix) for _, _, fix in rows)
    print(f"\n{missing} thing{'s' * (missing != 1)} to fix" if missing else "\nall is well")
    return 2 if strict and missing else 0


def _package(name: str) -> tuple[str, str, str]:
    try:
        return name, version(name), ""
    except PackageNotFoundError:
        return name, "not installed", f"pip install {name}"


def _machine() -> list[tuple[str, str, str]]:
    import os

    import torch

    from elman.native import BUILD_FIX, build, instruction_sets, instructions, kernel_mode

    compiler, sets = build(), instruction_sets()
    mode = kernel_mode()
    compiled = sets and mode != "reference"
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    gpu = torch.cuda.get_device_name() if torch.cuda.is_available() else "none: training runs on the CPU"
    runtimes = _openmp_runtimes()
    return [
        ("native module", f"built with {compiler}" if compiler else "not built", "" if compiler else BUILD_FIX),
        ("recurrences", f"{_path(mode, bool(sets))} (ELMAN_KERNELS={mode})", ""),
        ("instructions", f"{sets[instructions()]} of {', '.join(sets)}" if compiled else "those of PyTorch", ""),
        ("of PyTorch", torch.backends.cpu.get_cpu_capability(), ""),
        ("threads", f"{torch.get_num_threads()} of {cores} cores", ""),
        ("OpenMP", ", ".join(runtimes) or "none loaded", _OPENMP_FIX if len(runtimes) > 1 else ""),
        ("GPU", gpu, ""),
    ]


_OPENMP_FIX = "two OpenMP runtimes fight for the cores; install the packages that bring them from one source"


def _path(mode: str, compiled: bool) -> str:
    """Return who computes whole sequences."""
    if mode == "reference":
        return "the Python step of each cell"
    return (
        "compiled code on the CPU, else PyTorch's operators" if compiled else "PyTorch's operators where there are some"
    )


def _openmp_runtimes() -> list[str]:
    """Return the OpenMP libraries that are loaded into this process."""
    try:
        with Path("/proc/self/maps").open(encoding="utf-8") as maps:
            paths = {line.split()[-1] for line in maps if ".so" in line}
    except OSError:
        return []
    names = {path.rpartition("/")[2] for path in paths}
    return sorted(name for name in names if name.startswith(("libgomp", "libomp", "libiomp")))
