# One image for the Prefect server, the workers and the command line.
#
#   docker build -t copytrail .
FROM python:3.11-slim

# openssl: time stamps of the log (RFC 3161).
RUN apt-get update && apt-get install --yes --no-install-recommends openssl \
 && rm -rf /var/lib/apt/lists/*

WORKDIR /app
COPY requirements.txt ./
# The lock is complete and has hashes; --no-deps as in the Makefile.
RUN pip install --no-cache-dir --no-deps --require-hashes -r requirements.txt
COPY pyproject.toml README.md LICENSE prefect.yaml ./
COPY config config
COPY storage storage
COPY spiders spiders
COPY flows flows
RUN pip install --no-cache-dir --no-deps --no-build-isolation --editable .

# Runs at work, your source files and keys. The archive and the catalog belong elsewhere.
RUN useradd --create-home --uid 10001 copytrail && mkdir /data && chown copytrail /data
USER copytrail
VOLUME /data
ENV COPYTRAIL_HOME=/data DO_NOT_TRACK=1 PREFECT_SERVER_ANALYTICS_ENABLED=false
CMD ["copytrail", "--help"]
