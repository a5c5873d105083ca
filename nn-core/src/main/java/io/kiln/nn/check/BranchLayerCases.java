package io.kiln.nn.check;

import static io.kiln.nn.check.LayerRow.attempt;
import static io.kiln.nn.check.LayerRow.layer;
import static io.kiln.nn.check.Waves.wave;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Layers that hold layers: one after another, around, and side by side. */
final class BranchLayerCases {
  private static final Map<String, Object> DENSE = Map.of("type", "dense", "units", 4);
  private static final Map<String, Object> WIDER = Map.of("type", "dense", "units", 5);
  private static final Map<String, Object> RELU = Map.of("type", "relu");
  private static final Map<String, Object> TANH = Map.of("type", "tanh");
  private static final Map<String, Object> AS_IT_IS = Map.of();

  private BranchLayerCases() {}

  static List<OpCase> all() {
    return List.of(
        layer("sequential", Map.of("layers", List.of(WIDER, RELU, DENSE)), wave(1, 3, 4))
            .gives(
                2.27588267256,
                0.340346247841,
                -0.000475210429558,
                0.0133340448598,
                -0.452765695427,
                -0.751702673787)
            .refuses(
                "layer 1: dense: x is [1, 2, 4] but rank 2 is needed",
                attempt("sequential", Map.of("layers", List.of(RELU, DENSE)), 2, 4))
            .refuses(
                "layer.layers[1].type: there is no layer 'dens'; did you mean dense? There are "
                    + String.join(", ", io.kiln.nn.layer.Layers.names()),
                attempt("sequential", Map.of("layers", List.of(RELU, Map.of("type", "dens"))), 4)),
        layer("residual", Map.of("layers", List.of(WIDER, RELU, DENSE)), wave(2, 3, 4))
            .gives(
                -0.115873926254,
                -3.50190951541,
                -2.12828969404,
                0.855605302567,
                2.10383624762,
                -0.751702673787)
            .refuses(
                "residual: the layers give [1, 5] but the shortcut [1, 4]; let the layers keep the shape,"
                    + " or give the shortcut a layer that changes it too",
                attempt("residual", Map.of("layers", List.of(WIDER)), 4))
            .refuses(
                "layer.layers: it is missing; give the layers that the shortcut goes around",
                attempt("residual", Map.of(), 4)),
        layer(
                "residual",
                "/projected",
                Map.of("layers", List.of(WIDER, TANH), "shortcut", List.of(WIDER)),
                wave(3, 3, 4))
            .gives(
                1.89019012126,
                -0.724470284552,
                -1.88959225692,
                0.461630604944,
                -1.66249579255,
                -0.25755092564),
        layer("add", branches(AS_IT_IS, way(TANH), way(DENSE)), wave(4, 3, 4))
            .gives(-3.24646869823, -3.06308961878, 2.52436097546, -0.751702673787)
            .refuses(
                "add: x is [1, 4] but y is [1, 5]; from the right, sizes must be equal or 1",
                attempt("add", branches(AS_IT_IS, way(WIDER)), 4))
            .refuses(
                "layer.branches: 1 came but two or more are needed; write [{layers: […]}, {layers: […]}],"
                    + " where {} is the input as it is",
                attempt("add", branches(AS_IT_IS), 4))
            .refuses(
                "layer.branches[0].type: a layer came but a branch is needed; write {layers: [{type:"
                    + " …}]}",
                attempt("add", branches(DENSE, AS_IT_IS), 4)),
        layer("multiply", branches(AS_IT_IS, way(DENSE, Map.of("type", "sigmoid"))), wave(5, 3, 4))
            .gives(-0.0750110988775, 0.8869286222, -0.0738826683388, -0.340389778554)
            .refuses(
                "multiply: x is [1, 4] but y is [1, 5]; from the right, sizes must be equal or 1",
                attempt("multiply", branches(AS_IT_IS, way(WIDER)), 4)),
        layer("concat", branches(AS_IT_IS, way(WIDER, RELU), way(TANH)), wave(6, 3, 4))
            .gives(5.83394961087, -3.91083888862, -2.29202663527, -0.624323813249)
            .refuses(
                "concat: x is [1, 2, 4] but another is [1, 8]; all sizes but axis 1 must be equal",
                attempt("concat", branches(AS_IT_IS, way(Map.of("type", "flatten"))), 2, 4))
            .refuses(
                "layer.axis: 0 came but that is the batch; give 1 or more, or -1 for the last",
                attempt("concat", with(branches(AS_IT_IS, AS_IT_IS), "axis", 0), 4)),
        layer(
                "concat",
                "/channels",
                branches(
                    way(Map.of("type", "conv2d", "filters", 2, "kernel", 1)),
                    way(Map.of("type", "conv2d", "filters", 3, "kernel", 3, "padding", 1), RELU)),
                wave(7, 2, 2, 4, 4))
            .gives(
                0.877188514984,
                4.18278316543,
                12.5539981602,
                -1.93960892382,
                -24.2673924847,
                -0.400613617918),
        layer(
                "matrix-multiply",
                branches(AS_IT_IS, way(Map.of("type", "transpose"))),
                wave(8, 2, 3, 4))
            .gives(-1.8568959052, 1.5016800216)
            .refuses(
                "matrix-multiply: A is [1, 3, 4] but B is [1, 3, 4]; A […, m, k] needs B […, k, n] with"
                    + " the same leading axes",
                attempt("matrix-multiply", branches(AS_IT_IS, AS_IT_IS), 3, 4)),
        layer(
                "einsum",
                with(
                    branches(AS_IT_IS, way(Map.of("type", "global-avg-pool"), TANH)),
                    "formula",
                    "nchw,nc->nchw"),
                wave(9, 2, 3, 2, 3))
            .gives(-0.282144959869, 0.156844169368)
            .refuses(
                "einsum: 'nchw,nc->nchw': operand 1 is [1, 3, 2, 3] but 'nc' names 2 axes; write it like"
                    + " ij,jk->ik",
                attempt(
                    "einsum",
                    with(branches(AS_IT_IS, AS_IT_IS), "formula", "nchw,nc->nchw"),
                    3,
                    2,
                    3))
            .refuses(
                "layer.formula: it is missing; set it",
                attempt("einsum", branches(AS_IT_IS, AS_IT_IS), 3)));
  }

  private static Map<String, Object> branches(Map<?, ?>... ways) {
    return Map.of("branches", Arrays.asList(ways));
  }

  private static Map<String, Object> way(Map<?, ?>... layers) {
    return Map.of("layers", Arrays.asList(layers));
  }

  private static Map<String, Object> with(Map<String, Object> settings, String key, Object value) {
    Map<String, Object> more = new java.util.LinkedHashMap<>(settings);
    more.put(key, value);
    return more;
  }
}
