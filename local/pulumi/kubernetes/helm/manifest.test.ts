import { namesOf } from "./manifest.ts";

const manifest = `---
# Source: app/templates/service.yaml
apiVersion: v1
kind: Service
metadata:
  name: app
  namespace: web
  labels: { kind: none }
spec:
  ports:
  - port: 80
---
# Source: app/templates/empty.yaml
---
kind: "ClusterRole"
apiVersion: rbac.authorization.k8s.io/v1
rules:
- verbs: [get]
metadata:
  name: app
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data:
  text: |
    ---
    kind: Pod
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: more
`;

it("names the objects of a chart by kind, whatever order their fields have", () => {
  expect(namesOf(manifest)).toEqual({
    "Service/v1": ["web/app"],
    "ClusterRole.rbac.authorization.k8s.io/rbac.authorization.k8s.io/v1": ["app"],
    "ConfigMap/v1": ["more", "settings"],
  });
});
