{{/* What is so of a service, whoever runs it: the prefix of its variables, its port, and the section that
says where its files are. */}}
{{- define "testamur.facts" -}}
registrar: { prefix: REGISTRAR, port: 18734, files: STORAGE }
renderer: { prefix: RENDERER, port: 8084, files: STORE }
badge: { prefix: BADGE, port: 8000, files: STORAGE }
credentials: { prefix: CREDENTIALS, port: 18150 }
{{- end -}}

{{/* The name of a service's objects. Arguments: release, service. */}}
{{- define "testamur.name" -}}
{{ printf "%s-%s-service" (index . 0) (index . 1) | trunc 63 | trimSuffix "-" }}
{{- end -}}

{{/* What its pods are found by, for ever the same. Arguments: release, service. */}}
{{- define "testamur.selector" -}}
app.kubernetes.io/name: {{ index . 1 }}-service
app.kubernetes.io/instance: {{ index . 0 }}
{{- end -}}

{{/* All labels. Arguments: root, service. */}}
{{- define "testamur.labels" -}}
{{- $root := index . 0 -}}
{{ include "testamur.selector" (list $root.Release.Name (index . 1)) }}
app.kubernetes.io/part-of: testamur
app.kubernetes.io/version: {{ $root.Values.image.tag | default $root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version }}
{{- end -}}

{{/* auth.trusted_issuers as TOML. The registrar believes itself anyway. Arguments: root, service. */}}
{{- define "testamur.issuers" -}}
{{- $root := index . 0 -}}
{{- $issuers := list -}}
{{- range $root.Values.trustedIssuers -}}
{{- $issuer := printf "{ issuer = %s, jwks_url = %s" (toJson .issuer) (toJson .jwksUrl) -}}
{{- with .audience }}{{ $issuer = printf "%s, audience = %s" $issuer (toJson .) }}{{ end -}}
{{- $issuers = append $issuers (printf "%s }" $issuer) -}}
{{- end -}}
{{- if ne (index . 1) "registrar" -}}
{{- $keys := printf "http://%s:18734/.well-known/jwks.json" (include "testamur.name" (list $root.Release.Name "registrar")) -}}
{{- $issuers = append $issuers (printf "{ issuer = %s, jwks_url = %s }" (toJson $root.Values.services.registrar.publicUrl) (toJson $keys)) -}}
{{- end -}}
[{{ join ", " $issuers }}]
{{- end -}}

{{/* The environment of a service, as of its ConfigMap. Arguments: root, service, facts, values. */}}
{{- define "testamur.environment" -}}
{{- $root := index . 0 -}}{{- $facts := index . 2 -}}{{- $values := index . 3 -}}{{- $prefix := $facts.prefix -}}
{{ $prefix }}__HTTP__LISTEN: {{ printf "0.0.0.0:%v" $facts.port | quote }}
{{ $prefix }}__HTTP__PUBLIC_BASE_URL: {{ $values.publicUrl | quote }}
{{ $prefix }}__HTTP__SHUTDOWN_TIMEOUT_S: {{ $root.Values.shutdownTimeoutSeconds | quote }}
{{ $prefix }}__DATABASE__URL_FILE: /run/secrets/testamur/database-url
{{ $prefix }}__AMQP__URL_FILE: /run/secrets/testamur/amqp-url
{{ $prefix }}__AUTH__KEYS_DIR: /var/lib/testamur/keys
{{ $prefix }}__AUTH__TRUSTED_ISSUERS: {{ include "testamur.issuers" . | quote }}
{{ $prefix }}__LOG__FORMAT: {{ $root.Values.log.format | quote }}
{{ $prefix }}__LOG__FILTER: {{ $root.Values.log.filter | quote }}
{{- with $facts.files }}
{{- $storage := $values.storage }}
{{ $prefix }}__{{ . }}__URL: {{ $storage.url | default "file:/var/lib/testamur/files" | quote }}
{{- if $storage.url }}
{{- with $storage.endpoint }}
{{ $prefix }}__{{ $facts.files }}__S3_ENDPOINT: {{ . | quote }}
{{- end }}
{{ $prefix }}__{{ . }}__S3_REGION: {{ $storage.region | default "us-east-1" | quote }}
{{ $prefix }}__{{ . }}__S3_PATH_STYLE: {{ $storage.pathStyle | default false | quote }}
{{ $prefix }}__{{ . }}__S3_ALLOW_HTTP: {{ $storage.allowHttp | default false | quote }}
{{- end }}
{{- end }}
{{- if eq (index . 1) "renderer" }}
{{ $prefix }}__IDS__SECRET_FILE: /run/secrets/testamur/ids-secret
{{- end }}
{{- with $root.Values.otlpEndpoint }}
OTEL_EXPORTER_OTLP_ENDPOINT: {{ . | quote }}
{{- end }}
{{- if $values.settings }}
{{ $prefix }}_CONFIG: /etc/testamur/service.toml
{{- end }}
{{- range $name, $value := $values.env }}
{{ $prefix }}__{{ $name }}: {{ $value | quote }}
{{- end }}
{{- end -}}
