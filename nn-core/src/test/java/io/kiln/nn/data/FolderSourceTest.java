package io.kiln.nn.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.io.FormatException;
import io.kiln.nn.io.LocalStorage;
import io.kiln.nn.tensor.DType;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderSourceTest {
  @TempDir Path root;

  @Test
  void partsAndClassesAreFolders() throws IOException {
    paint("set/train/cat/1.png", 40, 20, Color.RED);
    paint("set/train/cat/2.jpg", 20, 40, Color.RED);
    paint("set/train/ant/1.bmp", 30, 30, Color.BLUE);
    paint("set/val/ant/9.png", 30, 30, Color.GREEN);
    Files.write(root.resolve("set/train/ant/imageNotFound.gif"), new byte[10]);
    Splits splits = load("resize", 12, "crop", 8, "normalize", false);
    assertThat(splits.train().size()).isEqualTo(3);
    assertThat(splits.validation().size()).isEqualTo(1);
    assertThat(splits.test().size()).isZero();
    assertThat(splits.train().spec().classNames()).containsExactly("ant", "cat");
    assertThat(splits.notes()).singleElement().asString().contains("imageNotFound.gif was passed");
    Batch batch = Batch.of(splits.train().spec(), 3, DType.FLOAT32);
    for (int i = 0; i < 3; i++) {
      splits.train().read(i, batch, i);
    }
    assertThat(batch.input(0).shape().sizes()).containsExactly(3, 3, 8, 8);
    assertThat(batch.target().toArray()).containsExactly(0, 1, 1);
    assertThat(batch.input(0).get(0)).isZero();
    assertThat(batch.input(0).get(2 * 64)).isEqualTo(1);
    assertThat(batch.input(0).get(3 * 64)).isEqualTo(1);

    Settings whole = Settings.of("data", Map.of("format", "images", "crop", 8, "normalize", false));
    Samples judged = DataSources.samples(whole, new LocalStorage(), root.resolve("set").toString());
    assertThat(judged.ids()).containsExactly("ant/9.png");
    assertThat(judged.labelled()).isTrue();

    Splits tested = load("resize", 12, "crop", 8, "test", "val");
    assertThat(tested.test().size()).isEqualTo(1);
    assertThat(tested.validation().size()).isZero();
    assertThatThrownBy(() -> load("test", "tset"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("data.test: there is no folder 'tset'; there are train, val");
    paint("set/val/bee/1.png", 30, 30, Color.GREEN);
    assertThatThrownBy(() -> load("crop", 8))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("the folder is not one of the classes ant, cat");
  }

  @Test
  void foldersOfClassesAloneAreSplitAtRandom() throws IOException {
    for (int i = 0; i < 10; i++) {
      paint("set/a/" + i + ".png", 10, 10, Color.RED);
      paint("set/b/" + i + ".png", 10, 10, Color.BLUE);
    }
    Splits splits = load("crop", 10, "resize", 0, "validation", 4, "test", 0.1);
    assertThat(splits.train().size()).isEqualTo(14);
    assertThat(splits.validation().size()).isEqualTo(4);
    assertThat(splits.test().size()).isEqualTo(2);
  }

  @Test
  void resizingShrinksByMeansAndKeepsTheCentre() throws IOException {
    BufferedImage image = new BufferedImage(40, 20, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < 20; y++) {
      for (int x = 0; x < 40; x++) {
        int grey = x < 10 || x >= 30 ? 255 : (x + y) % 2 * 200;
        image.setRGB(x, y, new Color(grey, grey, grey).getRGB());
      }
    }
    Path file = root.resolve("set/train/a/1.png");
    Files.createDirectories(file.getParent());
    ImageIO.write(image, "png", file.toFile());
    Splits splits = load("resize", 10, "crop", 8, "normalize", false);
    Batch batch = Batch.of(splits.train().spec(), 1, DType.FLOAT32);
    splits.train().read(0, batch, 0);
    for (double value : batch.input(0).toArray()) {
      assertThat(value).isBetween(95 / 255.0, 105 / 255.0);
    }
  }

  @Test
  void theCentreMayBeOblong() throws IOException {
    BufferedImage image = new BufferedImage(40, 20, BufferedImage.TYPE_INT_RGB);
    for (int x = 0; x < 40; x++) {
      for (int y = 0; y < 20; y++) {
        image.setRGB(x, y, new Color(5 * x, 10 * y, 0).getRGB());
      }
    }
    Path file = root.resolve("set/train/a/1.png");
    Files.createDirectories(file.getParent());
    ImageIO.write(image, "png", file.toFile());
    Splits splits = load("resize", 0, "crop", List.of(8, 16), "normalize", false);
    Batch batch = Batch.of(splits.train().spec(), 1, DType.FLOAT32);
    splits.train().read(0, batch, 0);
    assertThat(batch.input(0).shape().sizes()).containsExactly(1, 3, 8, 16);
    // Rows 6 to 13 and columns 12 to 27 of the image.
    assertThat(batch.input(0).get(0)).isEqualTo(5 * 12 / 255f);
    assertThat(batch.input(0).get(8 * 16 - 1)).isEqualTo(5 * 27 / 255f);
    assertThat(batch.input(0).get(2 * 8 * 16 - 1)).isEqualTo(10 * 13 / 255f);
    assertThatThrownBy(() -> load("resize", 0, "crop", List.of(24, 16)))
        .hasMessageContaining("the image is 40x20 but 16x24 is to be cut out");
    for (List<Integer> wrong : List.of(List.of(8), List.of(8, 8, 8), List.of(0, 8))) {
      assertThatThrownBy(() -> load("crop", wrong))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("data.crop: " + wrong + " came but a side or [height, width]");
    }
  }

  @Test
  void imagesThatCannotBeReadAreNamed() throws IOException {
    paint("set/train/a/1.png", 30, 20, Color.RED);
    assertThatThrownBy(() -> load("resize", 0, "crop", 24))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("the image is 30x20 but 24x24 is to be cut out");
    byte[] good = Files.readAllBytes(root.resolve("set/train/a/1.png"));
    Files.writeString(root.resolve("set/train/a/2.jpg"), "not an image");
    assertThatThrownBy(() -> load("crop", 8))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("2.jpg at byte 0: it is not a JPEG, PNG or BMP image");
    Files.write(root.resolve("set/train/a/2.jpg"), java.util.Arrays.copyOf(good, 45));
    assertThatThrownBy(() -> load("crop", 8))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("2.jpg at byte 45: the file ends in the midst of the image");
    good[16] = 0x7f;
    good[20] = 0x7f;
    Files.write(root.resolve("set/train/a/2.jpg"), good);
    assertThatThrownBy(() -> load("crop", 8)).isInstanceOf(FormatException.class);
  }

  @Test
  void otherImagesAreReadAsAModelWasTrained() throws IOException {
    paint("set/train/ant/1.png", 30, 20, Color.RED);
    paint("set/train/bee/1.png", 30, 20, Color.BLUE);
    Map<String, Object> trained = new HashMap<>(load("crop", 8, "resize", 8).fitted());
    trained.putAll(Map.of("format", "images", "crop", 8, "resize", 8));
    paint("other/bee/5.png", 30, 20, Color.BLUE);
    Samples labelled = samples(trained, "other");
    assertThat(labelled.labelled()).isTrue();
    assertThat(labelled.ids()).containsExactly("bee/5.png");
    Batch batch = Batch.of(labelled.data().spec(), 1, DType.FLOAT32);
    labelled.data().read(0, batch, 0);
    assertThat(batch.target().get(0)).isEqualTo(1);
    Samples plain = samples(trained, "other/bee");
    assertThat(plain.labelled()).isFalse();
    assertThat(plain.ids()).containsExactly("5.png");
    assertThat(samples(trained, "other/bee/5.png").data().size()).isEqualTo(1);
    assertThat(plain.data().spec().classNames()).containsExactly("ant", "bee");
  }

  @Test
  void whatSystemsLeaveBehindIsPassedOver() throws IOException {
    paint("set/train/ant/1.png", 30, 30, Color.RED);
    paint("set/train/bee/1.png", 30, 30, Color.BLUE);
    paint("set/train/@eaDir/1.png", 30, 30, Color.BLUE);
    Path ant = root.resolve("set/train/ant");
    Files.write(ant.resolve("._1.jpg"), new byte[] {0, 5, 22, 7});
    Files.write(ant.resolve(".DS_Store"), new byte[9]);
    Files.write(ant.resolve("Thumbs.db"), new byte[9]);
    Files.createDirectories(root.resolve("set/train/__MACOSX/ant"));
    Files.write(root.resolve("set/train/__MACOSX/ant/._1.png"), new byte[9]);
    Splits splits = load("crop", 8);
    assertThat(splits.train().spec().classNames()).containsExactly("ant", "bee");
    assertThat(splits.train().size()).isEqualTo(2);
    assertThat(splits.notes())
        .satisfiesExactly(
            note -> assertThat(note).endsWith("@eaDir was passed over: it is no folder of images"),
            note -> assertThat(note).contains("__MACOSX was passed over"),
            note ->
                assertThat(note)
                    .endsWith("Thumbs.db was passed over: it is not a JPEG, PNG or BMP file"));
    for (int i = 0; i < 50; i++) {
      Files.write(ant.resolve(i + ".txt"), new byte[9]);
    }
    assertThat(load("crop", 8).notes()).hasSize(21).last().isEqualTo("33 more were passed over");
  }

  @Test
  void anEmptyFolderIsNoClass() throws IOException {
    paint("set/train/ant/1.png", 30, 30, Color.RED);
    Files.createDirectories(root.resolve("set/train/wasp"));
    assertThatThrownBy(() -> load("crop", 8))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("train/wasp: the folder has no JPEG, PNG or BMP files but would be");
    assertThat(load("crop", 8, "class-names", List.of("ant", "wasp")).train().size()).isEqualTo(1);
  }

  @Test
  void imagesToBeAnsweredComeAsPeopleCount() throws IOException {
    for (int i : new int[] {1, 2, 10, 11}) {
      paint("new/" + i + ".png", 10, 10, new Color(i, i, i));
      paint("judged/ant/" + i + ".png", 10, 10, new Color(i, i, i));
    }
    Map<String, Object> plain = Map.of("format", "images", "crop", 8, "normalize", false);
    for (String folder : java.util.List.of("new", "judged")) {
      Samples samples = samples(plain, folder);
      String prefix = folder.equals("new") ? "" : "ant/";
      assertThat(samples.ids())
          .containsExactly(
              prefix + "1.png", prefix + "2.png", prefix + "10.png", prefix + "11.png");
      Batch batch = Batch.of(samples.data().spec(), 1, DType.FLOAT64);
      int[] greys = {1, 2, 10, 11};
      for (int i = 0; i < 4; i++) {
        samples.data().read(i, batch, 0);
        assertThat(Math.rint(batch.input(0).get(0) * 255)).isEqualTo(greys[i]);
      }
    }
  }

  private Splits load(Object... pairs) throws IOException {
    Map<String, Object> settings = new HashMap<>(Map.of("format", "images", "path", "set"));
    for (int i = 0; i < pairs.length; i += 2) {
      settings.put((String) pairs[i], pairs[i + 1]);
    }
    return DataSources.load(Settings.of("data", settings), new LocalStorage(), root.toString());
  }

  private Samples samples(Map<String, Object> settings, String name) throws IOException {
    return DataSources.samples(
        Settings.of("data", settings), new LocalStorage(), root.resolve(name).toString());
  }

  private void paint(String name, int width, int height, Color colour) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(colour);
    graphics.fillRect(0, 0, width, height);
    graphics.dispose();
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    assertThat(ImageIO.write(image, name.substring(name.length() - 3), file.toFile())).isTrue();
  }
}
