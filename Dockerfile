# The connector with dbt and every kind of ledger; your project comes on top (docs/where-to-run-it.md).
FROM python:3.12-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build
COPY requirements-run.lock pyproject.toml README.md LICENSE ./
RUN python -m venv /opt/connector
RUN /opt/connector/bin/python -m pip install --quiet --no-deps --require-hashes --requirement requirements-run.lock
COPY connector connector
RUN /opt/connector/bin/python -m pip install --quiet --no-deps . && /opt/connector/bin/python -m compileall -q /opt/connector/lib

FROM python:3.12-slim
# dbt, DuckDB and the stamps of ledgers write here; everything else may be read-only.
ENV PATH=/opt/connector/bin:$PATH \
    HOME=/tmp \
    XDG_STATE_HOME=/project/.connector/state \
    DBT_TARGET_PATH=/tmp/target \
    DBT_LOG_PATH=/tmp/logs \
    DO_NOT_TRACK=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
RUN useradd --uid 10001 --no-create-home --home-dir /tmp connector && install --directory --owner 10001 --group 10001 --mode 0700 /project /project/.connector
COPY --from=build /opt/connector /opt/connector
USER 10001:10001
WORKDIR /project
VOLUME ["/project/.connector", "/tmp"]
ENTRYPOINT ["connector"]
CMD ["status"]
