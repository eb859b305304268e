.PHONY: run test check lock bench
run test lock bench:
	script/$@
check:
	.venv/bin/ruff format --check . && .venv/bin/ruff check . && .venv/bin/lint-imports && .venv/bin/mypy .
