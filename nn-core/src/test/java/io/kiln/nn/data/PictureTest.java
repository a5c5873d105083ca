package io.kiln.nn.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiln.nn.io.FormatException;
import io.kiln.nn.io.MemoryStorage;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PictureTest {
  /** Rows of 4 pixels, every byte another. */
  private static Picture picture(int height) {
    byte[] planes = new byte[3 * height * 4];
    for (int i = 0; i < planes.length; i++) {
      planes[i] = (byte) (37 * i + 11);
    }
    return new Picture(height, 4, planes);
  }

  @Test
  void pngKeepsEveryByte() throws IOException {
    Picture picture = picture(3);
    MemoryStorage storage = new MemoryStorage();
    storage.with("a.png", picture.encoded("png"));
    Picture read = Picture.read(storage, "a.png");
    assertThat(read.height()).isEqualTo(3);
    assertThat(read.width()).isEqualTo(4);
    assertThat(read.planes()).isEqualTo(picture.planes());
    assertThatThrownBy(() -> picture.encoded("tiff"))
        .hasMessage("picture: format tiff came but png or jpg is needed");
  }

  @Test
  void whatIsNoPictureIsNamed() {
    MemoryStorage storage = new MemoryStorage();
    storage.with("a.png", new byte[] {1, 2, 3});
    assertThatThrownBy(() -> Picture.read(storage, "a.png"))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("a.png")
        .hasMessageContaining("not a JPEG, PNG or BMP image");
  }

  @Test
  void theLongerSideIsWhatWasAskedFor() {
    Picture wide = picture(2).within(8);
    assertThat(wide.width()).isEqualTo(8);
    assertThat(wide.height()).isEqualTo(4);
    Picture high = picture(8).within(4);
    assertThat(high.width()).isEqualTo(2);
    assertThat(high.height()).isEqualTo(4);
  }

  @Test
  void coloursAreTakenAndBrightnessIsKept() {
    byte[] grey = new byte[12];
    Arrays.fill(grey, (byte) 120);
    byte[] red = {100, 100, 100, 100, 20, 20, 20, 20, 20, 20, 20, 20};
    Picture mixed = new Picture(2, 2, grey).withColoursOf(new Picture(2, 2, red));
    int[] rgb = {mixed.planes()[0] & 0xff, mixed.planes()[4] & 0xff, mixed.planes()[8] & 0xff};
    assertThat(rgb[0] - rgb[1]).isEqualTo(80);
    assertThat(rgb[1]).isEqualTo(rgb[2]);
    assertThat(Math.round(0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2])).isBetween(119L, 121L);
  }

  @Test
  void planesFitTheSize() {
    assertThatThrownBy(() -> new Picture(2, 2, new byte[11]))
        .hasMessage("picture: 11 bytes came but 3 planes of 2x2 are needed");
  }
}
