package io.kiln.spark.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Forms that a table of texts can be written in, for papers, spreadsheets and programs. */
public enum TableFormat {
  /** For a terminal. */
  TEXT {
    @Override
    public String of(List<String> header, List<List<String>> rows) {
      TextTable table = new TextTable().header(header);
      rows.forEach(table::row);
      return table.toString();
    }
  },
  /** A table of Markdown. */
  MD {
    @Override
    public String of(List<String> header, List<List<String>> rows) {
      StringBuilder text = new StringBuilder(line(header)).append('|');
      header.forEach(cell -> text.append(" --- |"));
      text.append('\n');
      rows.forEach(row -> text.append(line(row)));
      return text.toString();
    }

    private String line(List<String> cells) {
      return cells.stream()
          .map(cell -> cell.replace("|", "\\|").replace("\n", " "))
          .collect(Collectors.joining(" | ", "| ", " |\n"));
    }
  },
  /** A tabular of LaTeX, with booktabs. */
  LATEX {
    @Override
    public String of(List<String> header, List<List<String>> rows) {
      StringBuilder text =
          new StringBuilder("\\begin{tabular}{" + "l".repeat(header.size()) + "}\n\\toprule\n");
      text.append(line(header)).append("\\midrule\n");
      rows.forEach(row -> text.append(line(row)));
      return text.append("\\bottomrule\n\\end{tabular}\n").toString();
    }

    private String line(List<String> cells) {
      return cells.stream()
          .map(TableFormat::escaped)
          .collect(Collectors.joining(" & ", "", " \\\\\n"));
    }
  },
  /** Comma-separated values, RFC 4180. */
  CSV {
    @Override
    public String of(List<String> header, List<List<String>> rows) {
      StringBuilder text = new StringBuilder();
      MetricsCsv.row(text, header);
      rows.forEach(row -> MetricsCsv.row(text, row));
      return text.toString();
    }
  },
  /** A list of objects, texts by column. */
  JSON {
    @Override
    public String of(List<String> header, List<List<String>> rows) {
      List<Map<String, String>> objects = new ArrayList<>();
      for (List<String> row : rows) {
        Map<String, String> object = new LinkedHashMap<>();
        for (int i = 0; i < header.size(); i++) {
          object.put(header.get(i), row.get(i));
        }
        objects.add(object);
      }
      return Json.text(objects) + "\n";
    }
  };

  /** A table; each row has as many cells as the header. */
  public abstract String of(List<String> header, List<List<String>> rows);

  private static String escaped(String cell) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < cell.length(); i++) {
      char c = cell.charAt(i);
      switch (c) {
        case '\\' -> text.append("\\textbackslash{}");
        case '~' -> text.append("\\textasciitilde{}");
        case '^' -> text.append("\\textasciicircum{}");
        case '&', '%', '$', '#', '_', '{', '}' -> text.append('\\').append(c);
        default -> text.append(c);
      }
    }
    return text.toString();
  }
}
