#!/bin/sh
# Fills in deploy/compose.env.example: a new secret for every empty name but those of the sign-in provider.
# Needs only openssl: sh deploy/new-env.sh > .env
set -eu

url_safe() { openssl rand -base64 "$1" | tr '+/' '-_'; }

while IFS= read -r line; do
    case $line in
        OIDC_*=) printf '%s\n' "$line" ;;
        KAFKA_CLUSTER_ID=) printf '%s%s\n' "$line" "$(url_safe 16 | tr -d =)" ;;
        MONGO_KEY=) printf '%s%s\n' "$line" "$(openssl rand -hex 256)" ;;
        *_PARKED_KEY=) printf '%s%s\n' "$line" "$(url_safe 32)" ;;
        [A-Z]*=) printf '%s%s\n' "$line" "$(openssl rand -hex 32)" ;;
        *) printf '%s\n' "$line" ;;
    esac
done < "$(dirname "$0")/compose.env.example"
