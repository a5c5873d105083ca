package io.kiln.nn.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class AugmentedImagesTest {
  private static final int SIDE = 6;
  private static final Images IMAGES = images();
  private static final Normalization NONE = Normalization.none(3);

  @Test
  void withoutSettingsImagesAreAsTheyAre() {
    double[] plain = read(new ImageDataset(IMAGES, NONE), 1, 0);
    assertThat(read(augmented(Map.of()), 1, 0)).isEqualTo(plain);
    assertThat(read(augmented(Map.of("seed", 7)), 1, 3)).isEqualTo(plain);
  }

  @Test
  void aVariationIsAFunctionOfSeedEpochAndImage() {
    Map<String, Object> all =
        Map.of(
            "crop-padding",
            2,
            "flip",
            true,
            "rotate",
            20,
            "brightness",
            0.3,
            "contrast",
            0.3,
            "saturation",
            0.3,
            "cutout",
            2);
    double[] first = read(augmented(all), 1, 5);
    assertThat(read(augmented(all), 1, 5)).isEqualTo(first);
    assertThat(read(augmented(all), 1, 6)).isNotEqualTo(first);
    assertThat(read(augmented(all), 0, 5)).isNotEqualTo(first);
    assertThat(first).hasSize(3 * SIDE * SIDE);
  }

  @Test
  void cropsWithPaddingAreShiftsWithBlackBorders() {
    Dataset data = augmented(Map.of("crop-padding", 2));
    double[] plain = read(new ImageDataset(IMAGES, NONE), 0, 0);
    Set<String> shifts = new TreeSet<>();
    for (int epoch = 0; epoch < 400; epoch++) {
      double[] varied = read(data, 0, epoch);
      for (int dy = -2; dy <= 2; dy++) {
        for (int dx = -2; dx <= 2; dx++) {
          if (Arrays.equals(varied, shifted(plain, dy, dx, false))) {
            shifts.add(dy + "," + dx);
          }
        }
      }
    }
    assertThat(shifts).hasSize(25);
  }

  @Test
  void halfOfTheImagesAreMirrored() {
    Dataset data = augmented(Map.of("flip", true));
    double[] plain = read(new ImageDataset(IMAGES, NONE), 0, 0);
    double[] mirrored = shifted(plain, 0, 0, true);
    int mirrors = 0;
    for (int epoch = 0; epoch < 400; epoch++) {
      double[] varied = read(data, 0, epoch);
      mirrors += Arrays.equals(varied, mirrored) ? 1 : 0;
      assertThat(Arrays.equals(varied, mirrored) || Arrays.equals(varied, plain)).isTrue();
    }
    assertThat(mirrors).isBetween(160, 240);
  }

  @Test
  void alternatingFlipsShowBothViewsInTwoEpochs() {
    Dataset data = augmented(Map.of("flip", "alternating"));
    for (int image = 0; image < IMAGES.size(); image++) {
      double[] plain = read(new ImageDataset(IMAGES, NONE), image, 0);
      double[] mirrored = shifted(plain, 0, 0, true);
      boolean first = Arrays.equals(read(data, image, 0), mirrored);
      for (int epoch = 0; epoch < 6; epoch++) {
        double[] expected = first == (epoch % 2 == 0) ? mirrored : plain;
        assertThat(read(data, image, epoch)).as("epoch " + epoch).isEqualTo(expected);
      }
    }
    int draws = 0; // which images begin mirrored is drawn
    for (int seed = 0; seed < 200; seed++) {
      Dataset other = augmented(Map.of("flip", "alternating", "seed", seed));
      double[] plain = read(new ImageDataset(IMAGES, NONE), 0, 0);
      draws += Arrays.equals(read(other, 0, 0), plain) ? 0 : 1;
    }
    assertThat(draws).isBetween(70, 130);
  }

  @Test
  void reflectedEdgesShowTheImageAgain() {
    Dataset data = augmented(Map.of("crop-padding", 2, "edge", "reflect"));
    double[] plain = read(new ImageDataset(IMAGES, NONE), 0, 0);
    for (int epoch = 0; epoch < 50; epoch++) {
      double[] varied = read(data, 0, epoch);
      boolean found = false;
      for (int dy = -2; dy <= 2; dy++) {
        for (int dx = -2; dx <= 2; dx++) {
          found |= Arrays.equals(varied, reflected(plain, dy, dx));
        }
      }
      assertThat(found).as("epoch " + epoch).isTrue();
    }
    assertThatThrownBy(
            () ->
                Augmentation.of(section(Map.of("crop-padding", 1, "edge", "reflect", "rotate", 5))))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("edge: reflect goes with whole pixels only");
    assertThatThrownBy(() -> Augmentation.of(section(Map.of("flip", "sometimes"))))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("flip: 'sometimes' came but true, false or alternating is needed");
  }

  private static double[] reflected(double[] plain, int dy, int dx) {
    double[] moved = new double[plain.length];
    for (int c = 0; c < 3; c++) {
      for (int y = 0; y < SIDE; y++) {
        for (int x = 0; x < SIDE; x++) {
          int fromY = Math.abs(y + dy);
          int fromX = Math.abs(x + dx);
          fromY = fromY < SIDE ? fromY : 2 * (SIDE - 1) - fromY;
          fromX = fromX < SIDE ? fromX : 2 * (SIDE - 1) - fromX;
          moved[(c * SIDE + y) * SIDE + x] = plain[(c * SIDE + fromY) * SIDE + fromX];
        }
      }
    }
    return moved;
  }

  @Test
  void windowsOfTheWholeAreTheImageItself() {
    double[] plain = read(new ImageDataset(IMAGES, NONE), 1, 0);
    Images square = IMAGES;
    Augmentation tiny =
        new Augmentation(
            1,
            SIDE,
            0,
            Augmentation.Edge.BLACK,
            Augmentation.Flip.NONE,
            List.of(),
            1e-9,
            0,
            0,
            0,
            0);
    double[] varied = read(new AugmentedImages(square, NONE, tiny), 1, 0);
    for (int i = 0; i < plain.length; i++) {
      assertThat(varied[i]).isCloseTo(plain[i], within(1e-3));
    }
  }

  @Test
  void randomWindowsAreResizedToTheSize() {
    Dataset data = augmented(Map.of("scale", List.of(0.3, 1.0), "size", 4));
    assertThat(data.spec().inputs().get(0).sizes()).containsExactly(3, 4, 4);
    double least = 1;
    double most = 0;
    for (int epoch = 0; epoch < 100; epoch++) {
      for (double value : read(data, 0, epoch)) {
        least = Math.min(least, value);
        most = Math.max(most, value);
      }
    }
    assertThat(least).isGreaterThanOrEqualTo(0);
    assertThat(most).isGreaterThan(0.4).isLessThanOrEqualTo(1);
  }

  @Test
  void imagesThatAreNotTrainedOnAreCutInTheCentre() {
    Augmentation training =
        Augmentation.of(section(Map.of("size", 4, "crop-padding", 1, "flip", true, "cutout", 3)));
    Dataset data = new AugmentedImages(IMAGES, NONE, training.centred());
    double[] plain = read(new ImageDataset(IMAGES, NONE), 0, 0);
    double[] cut = read(data, 0, 9);
    for (int i = 0; i < cut.length; i++) {
      int y = i / 4 % 4 + 1;
      int x = i % 4 + 1;
      assertThat(cut[i]).isEqualTo(plain[i / 16 * SIDE * SIDE + y * SIDE + x]);
    }
  }

  @Test
  void coloursChangeAsTheFormulasSay() {
    Dataset data = augmented(Map.of("brightness", 0.5));
    double[] plain = read(new ImageDataset(IMAGES, NONE), 0, 0);
    double[] varied = read(data, 0, 1);
    double factor = varied[3] / plain[3];
    assertThat(factor).isBetween(0.5, 1.5);
    for (int i = 0; i < plain.length; i++) {
      assertThat(varied[i]).isCloseTo(Math.min(1, plain[i] * factor), within(1e-5));
    }
    double[] grey = read(augmented(Map.of("saturation", 1)), 0, 2);
    double luma = 0.299 * plain[0] + 0.587 * plain[36] + 0.114 * plain[72];
    double changed = 0.299 * grey[0] + 0.587 * grey[36] + 0.114 * grey[72];
    assertThat(changed).isCloseTo(luma, within(0.05));
  }

  @Test
  void cutoutSetsASquareToTheMean() {
    Normalization normalization =
        new Normalization(List.of(0.123, 0.123, 0.123), List.of(1.0, 1.0, 1.0));
    Augmentation augmentation = Augmentation.of(section(Map.of("cutout", 3)));
    Dataset data = new AugmentedImages(IMAGES, normalization, augmentation);
    double[] plain = read(new ImageDataset(IMAGES, normalization), 0, 0);
    for (int epoch = 0; epoch < 50; epoch++) {
      double[] varied = read(data, 0, epoch);
      int zeros = 0;
      for (int i = 0; i < varied.length; i++) {
        if (varied[i] == 0) {
          zeros++;
        } else {
          assertThat(varied[i]).isCloseTo(plain[i], within(1e-6));
        }
      }
      assertThat(zeros).isBetween(3 * 4, 3 * 9);
    }
  }

  @Test
  void wrongSettingsAreNamed() {
    assertThatThrownBy(() -> augmented(Map.of("flipp", true)))
        .hasMessage("data.augment.flipp: there is no such key; did you mean data.augment.flip?");
    assertThatThrownBy(() -> augmented(Map.of("scale", List.of(0.5, 0.2))))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("scale is two shares");
    assertThatThrownBy(() -> augmented(Map.of("size", 100)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("augment.size: 100 came but images are [3, 6, 6]");
  }

  private static Dataset augmented(Map<String, Object> settings) {
    return new AugmentedImages(IMAGES, NONE, Augmentation.of(section(settings)));
  }

  private static Settings section(Map<String, Object> settings) {
    return Settings.of("data.augment", settings);
  }

  private static double[] read(Dataset data, int index, long epoch) {
    Batch batch = Batch.of(data.spec(), 2, DType.FLOAT32);
    batch.epoch(epoch);
    data.read(index, batch, 1);
    assertThat(batch.target().get(1)).isEqualTo(index);
    return batch.input(0).rows(1, 2).toArray();
  }

  private static double[] shifted(double[] plain, int dy, int dx, boolean mirror) {
    double[] shifted = new double[plain.length];
    for (int i = 0; i < plain.length; i++) {
      int y = i / SIDE % SIDE + dy;
      int x = (mirror ? SIDE - 1 - i % SIDE : i % SIDE) + dx;
      boolean inside = y >= 0 && x >= 0 && y < SIDE && x < SIDE;
      shifted[i] = inside ? plain[i / (SIDE * SIDE) * SIDE * SIDE + y * SIDE + x] : 0;
    }
    return shifted;
  }

  private static Images images() {
    byte[] pixels = new byte[2 * 3 * SIDE * SIDE];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (20 + i);
    }
    return new Images(Shape.of(3, SIDE, SIDE), pixels, new int[] {0, 1}, 2, List.of());
  }
}
