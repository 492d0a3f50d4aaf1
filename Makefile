# SPDX-License-Identifier: MIT
# The usual verbs over Meson. `make` builds only; `make run` and `make test`
# install first what this machine lacks (tools/setup says what, and asks sudo).
BUILD ?= build
PREFIX ?= /usr/local
DESTDIR ?=
MESON ?= meson

all: $(BUILD)/build.ninja
	@ninja -C $(BUILD)

$(BUILD)/build.ninja:
	@command -v $(MESON) >/dev/null || { echo "meson is missing: run 'make setup', or install meson, ninja, scdoc and the libraries named in README.md"; exit 1; }
	$(MESON) setup $(BUILD) --prefix $(PREFIX)

setup:
	@tools/setup build

# Only what runs: all would be twice as much, with the tests.
run:
	@tools/setup build
	@$(MAKE) --no-print-directory $(BUILD)/build.ninja
	@ninja -C $(BUILD) egpu egpu-probe
	@tools/run-here $(BUILD)/egpu

test:
	@tools/setup test
	@tools/run-tests

vm:
	@tools/setup vm
	@$(MAKE) --no-print-directory all
	EGPU_VM=1 EGPU_VM_CACHE=$(CURDIR)/build-vm $(MESON) test -C $(BUILD) --no-rebuild --suite vm --print-errorlogs --verbose

fuzz:
	@tools/setup test
	@tools/run-fuzz

bench:
	@tools/setup bench
	@$(MAKE) --no-print-directory all
	@bench/run $(BUILD)/egpu
	@echo
	@bench/explain $(BUILD)/egpu
	@echo
	@bench/plan $(BUILD)/egpu
	@echo
	@bench/store $(BUILD)/egpu
	@echo
	@bench/guard $(BUILD)/egpu
	@echo
	@bench/gguf $(BUILD)/egpu

install: all
	$(MESON) configure $(BUILD) --prefix "$(PREFIX)"
	DESTDIR="$(DESTDIR)" $(MESON) install -C $(BUILD) --quiet

uninstall:
	ninja -C $(BUILD) uninstall

clean:
	rm -rf $(BUILD) build-asan build-clang build-fuzz build-vm

.PHONY: all setup run test vm fuzz bench install uninstall clean
