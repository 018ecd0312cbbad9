/** An index lists its names one by one, so that adding one is seen. */
export const exportAll = {
  create: (context) => ({
    ExportAllDeclaration: (node) => context.report({ node, message: "Export names one by one instead of `export *`." }),
  }),
};
