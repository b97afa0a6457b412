import * as common from "@grafana/grafana-foundation-sdk/common";
import * as grafana from "@grafana/grafana-foundation-sdk/dashboard";
import { PanelBuilder as HeatmapBuilder } from "@grafana/grafana-foundation-sdk/heatmap";
import { DataqueryBuilder } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StatBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TimeseriesBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import type { Dashboard, Panel, Query } from "./spec.ts";

const DATASOURCE = { type: "prometheus", uid: "${datasource}" };
const TAG = "acci";

/** The dashboard as Grafana imports it. `runbookOf` gives the address of an alert's section. */
export function build(dashboard: Dashboard, runbookOf: (alert: string) => string): grafana.Dashboard {
  const builder = new grafana.DashboardBuilder(dashboard.title)
    .uid(`acci-${dashboard.name}`)
    .description(dashboard.description)
    .tags([TAG])
    .editable()
    .tooltip(grafana.DashboardCursorSync.Crosshair)
    .refresh("1m")
    .time({ from: "now-6h", to: "now" })
    .timezone("browser")
    .link(
      new grafana.DashboardLinkBuilder("ACCI")
        .type(grafana.DashboardLinkType.Dashboards)
        .tags([TAG])
        .includeVars(true)
        .keepTime(true),
    )
    .withVariable(new grafana.DatasourceVariableBuilder("datasource").label("Data source").type("prometheus"))
    .withVariable(
      new grafana.QueryVariableBuilder("namespace")
        .label("Site")
        // Every site records it, whether or not anything of it answers.
        .query("label_values(acci_site:application_replicas:min, namespace)")
        .datasource(DATASOURCE)
        .refresh(grafana.VariableRefresh.OnTimeRangeChanged)
        .sort(grafana.VariableSort.AlphabeticalAsc),
    );
  for (const row of dashboard.rows) {
    builder.withRow(new grafana.RowBuilder(row.title));
    for (const panel of row.panels) builder.withPanel(panelOf(panel, runbookOf));
  }
  return builder.build();
}

function panelOf(panel: Panel, runbookOf: (alert: string) => string) {
  const builder = BUILDERS[panel.kind ?? "timeseries"](panel)
    .title(panel.title)
    .description(panel.description)
    .unit(panel.unit)
    .datasource(DATASOURCE)
    .span(panel.width ?? (panel.kind === "stat" ? 4 : 8))
    .height(panel.kind === "stat" ? 4 : 8)
    .thresholds(thresholdsOf(panel));
  if (panel.alert) {
    const link = new grafana.DashboardLinkBuilder(`Runbook: ${panel.alert}`).type(grafana.DashboardLinkType.Link);
    builder.links([link.url(runbookOf(panel.alert)).targetBlank(true)]);
  }
  panel.queries.forEach((one, i) => builder.withTarget(target(one, String.fromCharCode(65 + i), panel)));
  return builder;
}

const target = ({ exemplars = false, expr, legend }: Query, refId: string, { kind }: Panel) => {
  const builder = new DataqueryBuilder()
    .datasource(DATASOURCE)
    .expr(expr)
    .legendFormat(legend)
    .exemplar(exemplars)
    .refId(refId);
  return kind === "heatmap" ? builder.format("heatmap" as never) : builder;
};

const BUILDERS = {
  stat: () =>
    new StatBuilder()
      .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(["lastNotNull"]))
      .colorMode(common.BigValueColorMode.Value)
      .graphMode(common.BigValueGraphMode.Area),
  timeseries: ({ stacked, thresholds }: Panel) =>
    new TimeseriesBuilder()
      .lineWidth(1)
      .fillOpacity(stacked ? 30 : 10)
      .showPoints(common.VisibilityMode.Never)
      .stacking(
        new common.StackingConfigBuilder().mode(stacked ? common.StackingMode.Normal : common.StackingMode.None),
      )
      .thresholdsStyle(
        new common.GraphThresholdsStyleConfigBuilder().mode(
          thresholds ? common.GraphThresholdsStyleMode.Dashed : common.GraphThresholdsStyleMode.Off,
        ),
      )
      .legend(new common.VizLegendOptionsBuilder().showLegend(true).placement(common.LegendPlacement.Bottom))
      .tooltip(new common.VizTooltipOptionsBuilder().mode(common.TooltipDisplayMode.Multi)),
  heatmap: () => new HeatmapBuilder(),
};

function thresholdsOf({ lowIsBad = false, thresholds }: Panel) {
  const builder = new grafana.ThresholdsConfigBuilder().mode(grafana.ThresholdsMode.Absolute);
  if (!thresholds) return builder.steps([{ value: null, color: lowIsBad ? "blue" : "text" }]);
  const [warning, critical] = thresholds;
  return builder.steps(
    lowIsBad
      ? [
          { value: null, color: "red" },
          { value: critical, color: "orange" },
          { value: warning, color: "green" },
        ]
      : [
          { value: null, color: "green" },
          { value: warning, color: "orange" },
          { value: critical, color: "red" },
        ],
  );
}
