// The direction of DESIGN: each package may import those below it, never one above, and no package imports a Node module.
const layers = [
  "kernel",
  "formulas",
  "numerics",
  "learners",
  "schemas",
  "features",
  "registry",
  "endpoint",
  "forecasters",
  "predictors",
  "causal",
  "scenarios",
  "drift",
  "rl",
  "policy",
  "negotiation",
  "agents",
  "viz",
  "core",
];

module.exports = {
  forbidden: [
    { name: "no-cycle", severity: "error", from: {}, to: { circular: true } },
    {
      name: "no-node-modules",
      comment: "packages run in browsers: no node: imports",
      severity: "error",
      from: { path: "^packages/[^/]+/src" },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "testing-is-above",
      comment: "no package imports testing",
      severity: "error",
      from: { path: "^packages/(?!testing/)[^/]+/src" },
      to: { path: "^packages/testing/" },
    },
    {
      name: "adapters-are-above",
      comment: "no package imports an adapter: what is below receives it as an argument",
      severity: "error",
      from: { path: "^packages/(?!adapters/)[^/]+/src" },
      to: { path: "^packages/adapters/" },
    },
    ...layers.map((layer, index) => ({
      name: `${layer}-imports-down-only`,
      severity: "error",
      from: { path: `^packages/${layer}/src` },
      to: {
        path: `^packages/(${layers
          .slice(index + 1)
          .concat("-")
          .join("|")})/`,
      },
    })),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { conditionNames: ["@sage-twin/source", "import", "default"], exportsFields: ["exports"] },
  },
};
