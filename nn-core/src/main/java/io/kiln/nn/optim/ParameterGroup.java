package io.kiln.nn.optim;

import io.kiln.nn.config.Settings;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Parameters with a rate or a weight decay of their own, such as the body of a net whose head is
 * trained anew.
 *
 * @param match name of a parameter, where * stands for any characters: {@code features.*}
 * @param rateFactor factor of the learning rate
 * @param decay weight decay of the group's weights, or null for the rule's
 * @param plain whether the group's weights are moved as biases are by rules that see a difference:
 *     without a ratio by {@link Lars} and {@link Lamb}, by the other rule of {@link Muon}
 */
public record ParameterGroup(
    String match, double rateFactor, @Nullable Double decay, boolean plain) {
  /** Parameters that are moved by the same rule as all others. */
  public ParameterGroup(String match, double rateFactor, @Nullable Double decay) {
    this(match, rateFactor, decay, false);
  }

  /** Reads {@code match}, {@code rate-factor} (1), {@code weight-decay}, {@code plain} (false). */
  static ParameterGroup from(Settings settings) {
    String match = settings.text("match");
    double factor = settings.within(0, Double.POSITIVE_INFINITY, "rate-factor", 1);
    Double decay =
        settings.has("weight-decay")
            ? settings.within(0, Double.POSITIVE_INFINITY, "weight-decay", 0)
            : null;
    boolean plain = settings.flag("plain", false);
    settings.finish();
    return new ParameterGroup(match, factor, decay, plain);
  }

  /** Whether a parameter of that name is in the group. */
  public boolean contains(String name) {
    String pattern = Pattern.quote(match).replace("*", "\\E.*\\Q");
    return Pattern.matches(pattern, name);
  }
}
