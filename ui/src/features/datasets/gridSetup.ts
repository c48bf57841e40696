/** AG Grid with what the preview needs and nothing more, in our look. */
import {
  CellStyleModule,
  ColumnApiModule,
  ColumnAutoSizeModule,
  EventApiModule,
  InfiniteRowModelModule,
  ModuleRegistry,
  RenderApiModule,
  ScrollApiModule,
  themeQuartz,
} from "ag-grid-community";

ModuleRegistry.registerModules([
  InfiniteRowModelModule,
  ColumnAutoSizeModule,
  ColumnApiModule,
  CellStyleModule,
  EventApiModule,
  RenderApiModule,
  ScrollApiModule,
]);

export const gridTheme = themeQuartz.withParams({
  accentColor: "var(--accent)",
  backgroundColor: "var(--surface)",
  foregroundColor: "var(--ink)",
  headerBackgroundColor: "var(--raised)",
  headerTextColor: "var(--ink)",
  borderColor: "var(--line)",
  oddRowBackgroundColor: "var(--surface)",
  rowHoverColor: "var(--accent-soft)",
  selectedRowBackgroundColor: "var(--accent-soft)",
  columnBorder: { color: "var(--line)" },
  wrapperBorder: false,
  wrapperBorderRadius: 0,
  fontFamily: "var(--font-sans)",
  fontSize: 12,
  headerFontSize: 12,
  headerFontWeight: 600,
  rowHeight: 27,
  headerHeight: 46,
  cellHorizontalPadding: 10,
});
