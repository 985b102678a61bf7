# make demo and make test do all the set-up they need.
PYTHON ?= python3
BIN := .venv/bin
DEMO_FLAGS ?=

.PHONY: demo test lint setup sanitize soak clean
.DEFAULT_GOAL := demo

demo: setup
	$(BIN)/elman demo $(DEMO_FLAGS)

test: setup
	$(BIN)/pytest -n auto --dist worksteal

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

setup: .venv/ready

.venv/ready: pyproject.toml constraints.txt CMakeLists.txt $(wildcard src/elman/native/*.?pp)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "error: $(PYTHON) is older than 3.11. Name another: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 2; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	  { echo "error: $(PYTHON) has no venv. On Debian or Ubuntu: apt-get install python3-venv"; exit 2; }
	$(PYTHON) -m venv .venv
	ELMAN_KERNELS=native $(BIN)/pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@

# The tests of compiled code under AddressSanitizer and UndefinedBehaviorSanitizer, in a build of its own.
SANITIZED := build/sanitized
sanitize: setup
	$(BIN)/pip install --quiet --constraint constraints.txt nanobind cmake
	$(BIN)/cmake -S . -B $(SANITIZED) -DCMAKE_BUILD_TYPE=RelWithDebInfo -DELMAN_SANITIZE=ON \
	  -DPython_EXECUTABLE=$(abspath $(BIN)/python) \
	  -Dnanobind_DIR=$$($(BIN)/python -m nanobind --cmake_dir) > $(SANITIZED).log
	$(BIN)/cmake --build $(SANITIZED) --parallel $${CMAKE_BUILD_PARALLEL_LEVEL:-$$(nproc)} >> $(SANITIZED).log
	LD_PRELOAD="$$(g++ -print-file-name=libasan.so) $$(g++ -print-file-name=libubsan.so) $$(g++ -print-file-name=libstdc++.so)" \
	  ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=print_stacktrace=1 ELMAN_SANITIZED=$(SANITIZED) \
	  $(BIN)/python -m pytest -q -p tests.sanitized tests/native

# Kills, writes that fail, damaged inputs, hostile folders, sanitizers: docs/reliability.md. PARTS="kills fuzz" does some.
MINUTES ?= 60
SEED ?= 1
soak: setup
	$(BIN)/python -m tests.soak $(PARTS) --minutes $(MINUTES) --seed $(SEED) --out build/soak

clean:
	rm -rf .venv build dist
