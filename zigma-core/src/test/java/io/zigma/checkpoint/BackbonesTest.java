package io.zigma.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.zigma.backbone.BackboneKind;
import io.zigma.backbone.BackboneSpec;
import io.zigma.base.Setting;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What must be true of the settings of every registered architecture. */
class BackbonesTest {

    static Stream<BackboneKind<?>> kinds() {
        return Backbones.REGISTRY.all().stream();
    }

    static Stream<BackboneSpec> models() {
        return kinds().flatMap(
                        kind ->
                                Stream.concat(
                                        Stream.of(kind.small()), kind.presets().values().stream()));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void standardValuesAreThoseOfTheSmallModel(BackboneKind<?> kind) {
        Map<String, String> standard = new LinkedHashMap<>();
        kind.settings().forEach(setting -> standard.put(setting.name(), setting.standard()));
        assertThat(kind.small().settings()).isEqualTo(standard);
    }

    @ParameterizedTest
    @MethodSource("models")
    void aModelOfItsOwnValuesIsTheSame(BackboneSpec model) {
        assertThat(model.kind().change(model, model.signature(), model.settings()))
                .isEqualTo(model);
        assertThat(model.kind().change(model, model.signature(), Map.of())).isEqualTo(model);
    }

    @Test
    void oneValueChangesNothingElse() {
        for (BackboneSpec model : models().toList()) {
            // one of the two, whatever the architecture
            String depth = model.settings().containsKey("depth") ? "depth" : "res-blocks";
            BackboneSpec changed =
                    model.kind().change(model, model.signature(), Map.of(depth, "3"));
            Map<String, String> expected = new LinkedHashMap<>(model.settings());
            expected.put(depth, "3");
            assertThat(changed.settings()).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void whatCannotBeMeantIsRefusedByName(BackboneKind<?> kind) {
        BackboneSpec small = kind.small();
        for (Setting setting : kind.settings()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(
                            () ->
                                    kind.change(
                                            small,
                                            small.signature(),
                                            Map.of(setting.name(), "wrong")))
                    .withMessageContaining("backbone " + kind.name() + ": " + setting.name())
                    .withMessageContaining("'wrong'");
        }
        String name = kind.settings().get(0).name();
        String misspelt = name.substring(0, name.length() - 1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> kind.change(small, small.signature(), Map.of(misspelt, "1")))
                .withMessageContaining(
                        "has no option '%s' (did you mean '%s'?)".formatted(misspelt, name));
    }
}
