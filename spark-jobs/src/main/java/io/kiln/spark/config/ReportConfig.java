package io.kiln.spark.config;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The section {@code report}: what is recorded beside what every run records, and who is told.
 *
 * @param layers whether weights, gradients and dead rectifiers are looked at after every epoch
 * @param mlflow address of an MLflow tracking server, or null
 * @param experiment MLflow's experiment; null for the name of the run
 */
public record ReportConfig(boolean layers, @Nullable String mlflow, @Nullable String experiment) {
  /** Reads the section. */
  public static ReportConfig read(Settings settings) {
    String mlflow = settings.has("mlflow") ? settings.text("mlflow") : null;
    ReportConfig read =
        new ReportConfig(
            settings.flag("layers", false),
            mlflow == null ? null : server(settings.path("mlflow"), mlflow),
            settings.has("mlflow-experiment") ? settings.text("mlflow-experiment") : null);
    settings.finish();
    return read;
  }

  private static String server(String key, String text) {
    try {
      URI uri = new URI(text);
      String scheme = String.valueOf(uri.getScheme());
      if ((scheme.equals("http") || scheme.equals("https"))
          && uri.getHost() != null
          && uri.getUserInfo() == null) {
        return text.replaceAll("/+$", "");
      }
    } catch (URISyntaxException e) {
      // said below
    }
    throw new ConfigException(
        key
            + ": '"
            + text
            + "' came but the address of a tracking server is needed, e.g. http://host:5000; user"
            + " and password go into MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, a"
            + " token into MLFLOW_TRACKING_TOKEN");
  }

  Map<String, Object> resolved() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("layers", layers);
    if (mlflow != null) {
      map.put("mlflow", mlflow);
    }
    if (experiment != null) {
      map.put("mlflow-experiment", experiment);
    }
    return map;
  }
}
