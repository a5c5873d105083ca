package io.kiln.spark.report;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.Template;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A self-contained HTML page from a template: every text is escaped, nothing is loaded. */
final class Page {
  /** One script for all charts, from its own package. The version is the one of the build. */
  private static final String CHART =
      "/META-INF/resources/webjars/chart.js/4.5.1/dist/chart.umd.min.js";

  private static final Map<String, String> TEXTS = new ConcurrentHashMap<>();
  private static final Map<String, Template> TEMPLATES = new ConcurrentHashMap<>();

  private Page() {}

  /**
   * Fills a template.
   *
   * @param name of its HTML and its script, without suffix
   * @param view what it shows
   * @param data what its script draws
   */
  static String render(String name, Map<String, Object> view, Object data) {
    Map<String, Object> all = new LinkedHashMap<>(view);
    all.put("css", resource("page.css"));
    all.put("data", Json.inScript(data));
    all.put("chart", script(CHART));
    all.put("plots", script("plots.js"));
    all.put("script", script(name + ".js"));
    return TEMPLATES
        .computeIfAbsent(
            name, any -> Mustache.compiler().nullValue("–").compile(resource(name + ".html")))
        .execute(all);
  }

  /** A configuration as text: YAML for people. */
  static String yaml(Map<?, ?> values) {
    StringBuilder text = new StringBuilder();
    yaml(values, "", text);
    return text.toString().stripTrailing();
  }

  private static void yaml(Map<?, ?> values, String indent, StringBuilder text) {
    values.forEach(
        (key, value) -> {
          text.append(indent).append(key).append(':');
          if (value instanceof Map<?, ?> section && !section.isEmpty()) {
            text.append('\n');
            yaml(section, indent + "  ", text);
          } else {
            text.append(' ').append(value(value)).append('\n');
          }
        });
  }

  /** A value in one line. */
  static String value(Object value) {
    if (value instanceof Double number) {
      return Numbers.setting(number);
    }
    if (value instanceof Iterable<?> items) {
      StringBuilder list = new StringBuilder();
      items.forEach(item -> list.append(list.isEmpty() ? "" : ", ").append(value(item)));
      return "[" + list + "]";
    }
    if (value instanceof Map<?, ?> map) {
      StringBuilder list = new StringBuilder();
      map.forEach(
          (key, item) ->
              list.append(list.isEmpty() ? "" : ", ").append(key).append(": ").append(value(item)));
      return "{" + list + "}";
    }
    return String.valueOf(value);
  }

  /** A key number in a card; the longer it is, the smaller it is written. */
  static Map<String, Object> tile(String kind, String label, String value, String note) {
    String size = value.length() > 12 ? " longer" : value.length() > 8 ? " long" : "";
    return Map.of("kind", kind + size, "label", label, "value", value, "note", note);
  }

  /** A part of a whole in per cent, for widths. */
  static String width(double part, double whole) {
    double share = whole > 0 && part > 0 ? Math.min(100, 100 * part / whole) : 0;
    return String.format(Locale.ROOT, "%.2f", share);
  }

  /** A script cannot end its own element. */
  private static String script(String name) {
    String text = resource(name); // before the next call: a map must not change within its own
    return TEXTS.computeIfAbsent(
        name + " in a page", any -> text.replace("</script", "<\\/script"));
  }

  private static String resource(String name) {
    return TEXTS.computeIfAbsent(name, Page::read);
  }

  private static String read(String name) {
    try (InputStream in = Page.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(
            "report: " + name + " is not on the class path; build the jar again");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
