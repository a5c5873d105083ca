package io.kiln.spark.shards;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.data.ImageFiles;
import io.kiln.nn.data.Normalization;
import io.kiln.nn.data.PackedImages;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The column of a table whose cells are the bytes of JPEG, PNG or BMP files, and how they become
 * samples [3, height, width]: the keys of the format {@code images}.
 *
 * @param column its name
 * @param resize of {@link ImageFiles}
 * @param height of {@link ImageFiles}
 * @param width of {@link ImageFiles}
 * @param upright of {@link ImageFiles}
 * @param settings of what is read: {@code normalize}, {@code mean}, {@code deviation}, {@code
 *     augment}
 */
public record TableImage(
    String column,
    int resize,
    int height,
    int width,
    boolean upright,
    LinkedHashMap<String, Object> settings)
    implements Serializable {
  /** Reads the keys of a data section; null if it has no {@code image}. */
  static @Nullable TableImage of(Settings data) {
    if (!data.has("image")) {
      return null;
    }
    if (data.has("features") || data.has("categorical")) {
      throw new ConfigException(
          data.path("image") + ": a column of images is the only feature; leave out features");
    }
    LinkedHashMap<String, Object> settings = new LinkedHashMap<>();
    for (String key : new String[] {"normalize", "mean", "deviation", "augment"}) {
      Object value = data.raw(key);
      if (value != null) {
        settings.put(key, value);
      }
    }
    ImageFiles files = ImageFiles.of(data);
    TableImage image =
        new TableImage(
            data.text("image"),
            files.resize(),
            files.height(),
            files.width(),
            files.upright(),
            settings);
    image.fits(); // finds what is wrong with them
    return image;
  }

  /** How a file is decoded. */
  ImageFiles files() {
    return new ImageFiles(resize, height, width, upright);
  }

  /** Whether mean and deviation are to be learnt. */
  boolean fits() {
    return PackedImages.fits(Settings.of("data", settings));
  }

  /** The same with what was learnt. */
  TableImage with(Normalization learnt) {
    LinkedHashMap<String, Object> all = new LinkedHashMap<>(settings);
    all.putAll(fitted(learnt));
    return new TableImage(column, resize, height, width, upright, all);
  }

  static Map<String, Object> fitted(Normalization learnt) {
    Map<String, Object> fitted = new LinkedHashMap<>();
    fitted.put("mean", learnt.mean());
    fitted.put("deviation", learnt.deviation());
    return fitted;
  }

  /**
   * What makes images of rows.
   *
   * @param varied whether they are learnt from
   */
  PackedImages images(boolean varied) {
    return PackedImages.of(height, width, Settings.of("data", settings), varied);
  }
}
