package io.kiln.nn.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BlockOrderTest {
  @Test
  void everyRowStandsAtExactlyOnePosition() {
    for (int rows : new int[] {1, 5, 8, 63, 64, 65, 1000, 1001, 1007}) {
      for (int blockRows : new int[] {1, 8, 64}) {
        for (int window : new int[] {1, 3, 100}) {
          for (int epoch = -1; epoch < 4; epoch++) {
            BlockOrder order =
                epoch < 0
                    ? BlockOrder.plain(rows, blockRows, window)
                    : BlockOrder.of(1, epoch, 2, rows, blockRows, window);
            BitSet seen = new BitSet();
            for (int position = 0; position < rows; position++) {
              long row = order.at(position);
              assertThat(row).isBetween(0L, rows - 1L);
              seen.set((int) row);
              if (epoch < 0) {
                assertThat(row).isEqualTo(position);
              }
            }
            assertThat(seen.cardinality()).isEqualTo(rows);
          }
        }
      }
    }
  }

  @Test
  void aWindowHasOnlyRowsOfItsBlocks() {
    BlockOrder order = BlockOrder.of(3, 1, 0, 1007, 10, 4);
    long last = 0;
    int windows = 0;
    Set<Long> blocks = new HashSet<>();
    for (int position = 0; position < 1007; position++) {
      long row = order.at(position);
      if (position == 0 || order.window() != last) {
        windows++;
        last = order.window();
        blocks.clear();
        for (long block : order.blocks(last)) {
          blocks.add(block);
        }
      }
      assertThat(blocks).contains(row / 10);
      assertThat(order.window(position)).isEqualTo(last);
    }
    assertThat(windows).isEqualTo(26);
  }

  @Test
  void aPositionIsLookedUpWithoutTheOnesBefore() {
    BlockOrder inTurn = BlockOrder.of(5, 2, 1, 999, 16, 3);
    for (int position = 0; position < 999; position++) {
      BlockOrder anew = BlockOrder.of(5, 2, 1, 999, 16, 3);
      assertThat(inTurn.at(position)).isEqualTo(anew.at(position));
    }
  }

  @Test
  void epochsAndShardsHaveOrdersOfTheirOwn() {
    Set<String> orders = new HashSet<>();
    for (int epoch = 0; epoch < 3; epoch++) {
      for (int shard = 0; shard < 3; shard++) {
        BlockOrder order = BlockOrder.of(5, epoch, shard, 999, 16, 3);
        StringBuilder text = new StringBuilder();
        for (int position = 0; position < 48; position++) {
          text.append(order.at(position)).append(' ');
        }
        orders.add(text.toString());
      }
    }
    assertThat(orders).hasSize(9);
  }

  @Test
  void moreThanTwoToThe31RowsHaveAnOrder() {
    long rows = 5L << 31;
    SampleOrder whole = SampleOrder.of(1, 1, 0, rows);
    BlockOrder blocks = BlockOrder.of(1, 1, 0, rows, 1 << 20, 32);
    for (long position : new long[] {0, 1, 1L << 32, rows - 1}) {
      assertThat(whole.at(position)).isBetween(0L, rows - 1);
      assertThat(blocks.at(position)).isBetween(0L, rows - 1);
    }
    assertThat(whole.at(rows - 1)).isNotEqualTo(whole.at(rows - 2));
  }
}
