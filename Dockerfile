# Built with npm's Node, run with the exact Node that the tests run with, which is a dependency of the package.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY . .
RUN npm ci --include=dev --include=optional && npm run -s build
# What remains is what runs: dist/, its dependencies, and the files beside the sources that are read at run time. Without
# sources and lockfile, bin/reciproca neither installs nor builds.
RUN npm prune --omit=dev \
  && find src -type f \( -name '*.ts' -o -name '*.tsx' \) -delete && find src -type d -empty -delete \
  && rm -rf packages node_modules/@reciproca node_modules/.package-lock.json package-lock.json test bench .ci

FROM debian:bookworm-slim
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/reciproca --shell /usr/sbin/nologin reciproca
COPY --from=build /app /app
RUN ln -s /app/node_modules/node-linux-*/bin/node /usr/local/bin/node && ln -s /app/bin/reciproca /usr/local/bin/reciproca
USER reciproca
ENV RECIPROCA_DATA=/var/lib/reciproca HOST=0.0.0.0 PORT=4000
VOLUME /var/lib/reciproca
EXPOSE 4000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=120s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["reciproca"]
CMD ["serve"]
