package io.kiln.nn.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What follows from a machine's parts, for machines that this one is not. */
class MachineTest {
  private static Machine machine(int bits, int registers, boolean nativeBlas) {
    return Machine.of(bits, registers, 32 << 10, 1 << 20, 16 << 20, 4, nativeBlas, "");
  }

  @Test
  void productsAreDoneByVectorsWhereTheyAreWideOrThereIsNothingBetter() {
    assertThat(machine(512, 32, true).products()).isEqualTo(Machine.Products.VECTORS);
    assertThat(machine(256, 16, true).products()).isEqualTo(Machine.Products.BLAS);
    assertThat(machine(256, 16, false).products()).isEqualTo(Machine.Products.VECTORS);
    assertThat(machine(128, 32, false).products()).isEqualTo(Machine.Products.VECTORS);
    assertThat(machine(0, 0, false).products()).isEqualTo(Machine.Products.BLAS);
  }

  @Test
  void channelsLieSideBySideWhereverThereAreVectors() {
    for (int bits : new int[] {128, 256, 512}) {
      assertThat(machine(bits, 16, true).channelsLast()).isTrue();
      Choices choices = new Choices(machine(bits, 16, true));
      int lanes = bits / 32;
      assertThat(choices.channelsLast(lanes / 2, lanes)).isTrue();
      assertThat(choices.channelsLast(lanes / 2 - 1, lanes)).isFalse();
      assertThat(choices.packsStates(lanes * 3, lanes)).isTrue();
      assertThat(choices.packsStates(lanes * 3 + 1, lanes)).isFalse();
    }
    assertThat(machine(0, 0, true).channelsLast()).isFalse();
    assertThat(new Choices(machine(0, 0, true)).packsStates(64, 1)).isFalse();
  }

  @Test
  void blocksFollowTheCaches() {
    Choices large = new Choices(machine(512, 32, true));
    Choices small =
        new Choices(Machine.of(256, 16, 32 << 10, 512 << 10, 32 << 20, 4, true, "")); // AMD's Zen 3
    assertThat(large.tiles(36, 16, 16)).isEqualTo(227); // 36·32·227 numbers are 1 MiB
    assertThat(small.tiles(36, 16, 16)).isEqualTo(113);
    assertThat(small.columns(576, 64)).as("what fits in half of the cache").isEqualTo(113);
    assertThat(large.deep(4 * 64)).isEqualTo(128);
    assertThat(small.deep(2 * 32)).isEqualTo(256);
    assertThat(
            new Choices(Machine.of(512, 32, 48 << 10, 2 << 20, 0, 4, true, "")).tiles(36, 16, 16))
        .as("nothing beyond 1 MiB was measured")
        .isEqualTo(227);
  }

  @Test
  void wideFiltersAreReadForManyTilesAtOnce() {
    Choices choices = new Choices(machine(512, 32, true));
    assertThat(choices.tiles(36, 64, 64)).as("what fits in the cache").isEqualTo(56);
    assertThat(choices.tiles(36, 256, 256)).as("14 fit").isEqualTo(341);
    assertThat(choices.tiles(36, 512, 512)).as("7 fit").isEqualTo(512);
    assertThat(choices.tiles(36, 1 << 16, 1 << 16)).isEqualTo(512);
    assertThat(choices.columns(2304, 256)).as("56 fit").isEqualTo(256);
    assertThat(choices.columns(1152, 128)).as("what fits").isEqualTo(113);
  }

  @Test
  void whatThereIsIsSaid() {
    assertThat(machine(256, 16, true).text())
        .isEqualTo(
            "4 cores, Vector API, 256 bits, 16 registers, products by BLAS, channels side by side,"
                + " caches 32/1024/16384 KiB");
    assertThat(Machine.of(0, 0, 1, 1, 0, 1, true, "the reason").text())
        .isEqualTo("1 core, no vectors: the reason");
  }

  @Test
  void roomsBeginWithACacheLine() {
    // Half of a region of 1, 4 and 32 MiB, and a number more.
    assertThat(Machine.alignedCount(1L << 30, Float.BYTES)).isEqualTo((1 << 17) + 1);
    assertThat(Machine.alignedCount(8L << 30, Float.BYTES)).isEqualTo((1 << 19) + 1);
    assertThat(Machine.alignedCount(1L << 40, Double.BYTES)).isEqualTo((1 << 21) + 1);
    for (int bytes : new int[] {Float.BYTES, Double.BYTES}) {
      assertThat((16 + machine(512, 32, true).start(bytes) * bytes) % 64).isZero();
      assertThat((16 + machine(256, 16, true).start(bytes) * bytes) % 32).isZero();
    }
  }

  @Test
  void sizesOfCachesAreRead() {
    assertThat(MachineProbe.bytes("48K", 7)).isEqualTo(48 << 10);
    assertThat(MachineProbe.bytes("2M", 7)).isEqualTo(2 << 20);
    assertThat(MachineProbe.bytes("12345", 7)).isEqualTo(12345);
    assertThat(MachineProbe.bytes("", 7)).isEqualTo(7);
    assertThat(MachineProbe.bytes("0K", 7)).isEqualTo(7);
    assertThat(MachineProbe.bytes("9999M", 7)).isEqualTo(7);
  }
}
