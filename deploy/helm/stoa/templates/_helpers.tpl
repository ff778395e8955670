{{- define "stoa.selector" -}}
app.kubernetes.io/name: stoa
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "stoa.labels" -}}
{{ include "stoa.selector" . }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "stoa.name" -}}
{{- if contains "stoa" .Release.Name }}{{ .Release.Name | trunc 50 }}{{ else }}{{ printf "%s-stoa" .Release.Name | trunc 50 }}{{ end }}
{{- end }}

{{- define "stoa.host" -}}
{{- (urlParse (required "publicURL: how people reach it" .Values.publicURL)).host | regexFind "^[^:]+" }}
{{- end }}
