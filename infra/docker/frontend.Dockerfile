# The web edge: nginx, which ends TLS in front of the API, as user 1000. It is Debian's package, of the version that tests run.
#
#   docker build --file infra/docker/frontend.Dockerfile --tag freeagentics/frontend .

FROM debian:bookworm-slim AS packages
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
      'ca-certificates=2023*' 'curl=7.88.1-*' 'nginx-light=1.22.1-*' 'openssl=3.0.*' \
    && rm -rf /var/lib/apt/lists/* /etc/nginx /var/www \
    && groupadd --gid 1000 edge \
    && useradd --uid 1000 --gid 1000 --home-dir /nonexistent --shell /usr/sbin/nologin edge \
    && install -d -m 0755 /certificates /etc/nginx

# What nginx would refuse at the start is refused here: with a throwaway certificate, and a name for the API.
FROM packages AS checked
COPY infra/docker/nginx /etc/nginx
RUN openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=edge \
      -keyout /certificates/edge.key -out /certificates/edge.pem \
    && cp /certificates/edge.pem /certificates/ca.pem \
    && echo '127.0.0.1 api' >>/etc/hosts \
    && for minimum in 1.3 1.2; do \
      cp "/etc/nginx/tls-$minimum.conf" /etc/nginx/tls.conf && nginx -t -e stderr -c /etc/nginx/production.conf; \
    done \
    && rm /etc/nginx/tls.conf \
    && nginx -t -e stderr -c /etc/nginx/development.conf

FROM packages
COPY --from=checked /etc/nginx /etc/nginx
COPY infra/docker/certificates.sh /usr/local/bin/certificates
USER 1000:1000
EXPOSE 3000 3080
STOPSIGNAL SIGQUIT
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s --retries=3 \
    CMD ["curl", "--fail", "--silent", "--output", "/dev/null", "http://127.0.0.1:8081/alive"]
ENTRYPOINT ["nginx", "-e", "stderr", "-g", "daemon off;", "-c"]
CMD ["/etc/nginx/production.conf"]
