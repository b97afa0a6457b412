import { isRelease } from "../model/objects.ts";
import { parseImage } from "../model/image.ts";
import type { ResourceRule } from "../model/rule.ts";
import { isKnown, shown, type JudgedResource, textAt } from "../model/judged-resource.ts";
import { imagesOf } from "../model/workloads.ts";
import { type Retired, retired } from "../retired.ts";

/** Retired components get no security fixes, or their new license does not allow our use. */
export const disallowRetiredComponents: ResourceRule = {
  name: "disallow-retired-components",
  description: "Nothing in policy/retired.ts is installed, neither as a chart nor as an image.",
  level: "mandatory",
  check: (subject) => [...charts(subject), ...images(subject)],
};

function charts(subject: JudgedResource): string[] {
  if (!isRelease(subject)) return [];
  const [chart, repository] = [textAt(subject.props, "chart"), textAt(subject.props, "repositoryOpts", "repo")];
  const source = repository ? `${repository}/${chart}` : chart;
  return retired
    .filter((component) => component.charts.some((pattern) => pattern.test(source)))
    .map((component) => `${subject.name}: chart ${refusal(component, source)}`);
}

const images = (subject: JudgedResource): string[] =>
  imagesOf(subject)
    .filter(({ image }) => isKnown(image))
    .flatMap(({ where, image }) =>
      retired
        .filter((component) => runs(component, image))
        .map((component) => `${where}: image ${refusal(component, image)}`),
    );

function runs({ images: patterns, since }: Retired, image: string): boolean {
  const { repository, tag } = parseImage(image);
  return patterns.some((pattern) => pattern.test(repository)) && (!since || since(tag));
}

const refusal = ({ name, why, instead }: Retired, got: string) =>
  `must not be ${name}, which ${why}, got ${shown(got)}; use ${instead}`;
