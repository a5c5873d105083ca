package io.kiln.nn.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NamePatternsTest {
  private static final List<String> NAMES =
      List.of("features.0.weight", "features.10.weight", "classifier.1.weight", "fc.bias");

  private static NamePatterns patterns(Object value) {
    return NamePatterns.from(Settings.of("model", Map.of("freeze", value)), "freeze");
  }

  private static List<String> chosen(Object value) {
    return NAMES.stream().filter(patterns(value)::matches).toList();
  }

  @Test
  void aStarStandsForAnyCharactersAndNothingElseIsSpecial() {
    assertThat(chosen("features.*")).containsExactly("features.0.weight", "features.10.weight");
    assertThat(chosen(List.of("features.1*", "fc.bias")))
        .containsExactly("features.10.weight", "fc.bias");
    assertThat(chosen("features.?.weight")).isEmpty();
    assertThat(chosen("featuresx0.weight")).isEmpty();
    assertThat(chosen(List.of())).isEmpty();
  }

  @Test
  void anExclamationMarkTakesNamesOut() {
    assertThat(chosen(List.of("*", "!fc.*")))
        .containsExactly("features.0.weight", "features.10.weight", "classifier.1.weight");
    assertThat(chosen(List.of("*", "!features.*", "features.0.*")))
        .containsExactly("features.0.weight", "classifier.1.weight", "fc.bias");
    assertThat(chosen(List.of("!fc.*"))).isEmpty();
  }

  @Test
  void aPatternThatFitsNothingIsAnsweredWithTheNearest() {
    patterns(List.of("*", "!fc.*")).check("parameter", NAMES);
    assertThatThrownBy(() -> patterns("feature.*").check("parameter", NAMES))
        .isInstanceOf(ConfigException.class)
        .hasMessage("model.freeze: 'feature.*' fits no parameter; did you mean 'features.*'?");
    assertThatThrownBy(() -> patterns(List.of("*", "!fc")).check("parameter", NAMES))
        .hasMessage("model.freeze: '!fc' fits no parameter; did you mean 'fc.*'?");
    assertThatThrownBy(() -> patterns("fc.bais").check("parameter", NAMES))
        .hasMessage("model.freeze: 'fc.bais' fits no parameter; did you mean 'fc.bias'?");
  }
}
