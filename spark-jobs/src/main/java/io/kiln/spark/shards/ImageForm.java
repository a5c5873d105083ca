package io.kiln.spark.shards;

import io.kiln.nn.data.ImageFiles;
import java.io.Serializable;

/** How image files are decoded, in a form that goes to tasks; see {@link ImageFiles}. */
public record ImageForm(int resize, int crop, boolean upright) implements Serializable {
  static ImageForm of(ImageFiles files) {
    return new ImageForm(files.resize(), files.crop(), files.upright());
  }

  ImageFiles files() {
    return new ImageFiles(resize, crop, upright);
  }
}
