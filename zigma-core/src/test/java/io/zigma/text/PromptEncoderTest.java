package io.zigma.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.zigma.condition.Condition;
import io.zigma.condition.InvalidRequestException;
import io.zigma.condition.Prompt;
import io.zigma.condition.TextTokens;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PromptEncoderTest {

    @TempDir Path place;
    private PromptEncoder prompts;
    private NDManager manager;

    @BeforeEach
    void open() throws IOException {
        Path folder = EncoderFolders.bert(place.resolve("mine"));
        prompts =
                new PromptEncoder(
                        TextEncoders.open(folder.toString(), Device.cpu()), 8, "models/x");
        manager = NDManager.newBaseManager();
    }

    @AfterEach
    void close() {
        prompts.close();
        manager.close();
    }

    @Test
    void aPromptIsItsTextsTokensWithTheirMask() {
        List<Prompt> asked = List.of(Prompt.ofText("a red apple"), Prompt.ofText("a car"));
        prompts.require(asked, true);
        Condition condition = prompts.encode(manager, asked);
        TextFeatures features =
                prompts.encoder().encode(manager, List.of("a red apple", "a car"), 8);
        assertSame(condition, features);
        assertThat(condition.labels()).isNull();
    }

    @Test
    void guidanceTurnsAwayFromTheNegativeTextOrTheEmptyOne() {
        List<Prompt> asked =
                List.of(
                        Prompt.ofText("a red apple"),
                        Prompt.ofText("a car").withNegativeText("blue"));
        assertSame(
                prompts.none(manager, asked),
                prompts.encoder().encode(manager, List.of("", "blue"), 8));
    }

    @Test
    void nothingInParticularIsTheEmptyText() {
        assertSame(
                prompts.encode(manager, List.of(Prompt.any())),
                prompts.encoder().encode(manager, List.of(""), 8));
    }

    private static void assertSame(Condition condition, TextFeatures features) {
        assertThat(Objects.requireNonNull(condition.context()).toFloatArray())
                .isEqualTo(features.context().toFloatArray());
        assertThat(Objects.requireNonNull(condition.mask()).toFloatArray())
                .isEqualTo(features.mask().toFloatArray());
    }

    @Test
    void factsAreThePromptsWords() {
        assertThat(prompts.facts(Prompt.ofText("a car")))
                .containsExactly(Map.entry("prompt", "a car"));
        assertThat(prompts.facts(Prompt.ofText("a car").withNegativeText("")))
                .containsExactly(Map.entry("prompt", "a car"), Map.entry("negative_prompt", ""));
        assertThat(prompts.facts(Prompt.any())).isEmpty();
    }

    @Test
    void classesAndForeignTokensAreRefused() {
        assertThatThrownBy(() -> prompts.require(List.of(Prompt.ofClass("shoe")), false))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("models/x has no classes");
        TextTokens tokens = new TextTokens(1, 2, new float[2]);
        assertThatThrownBy(() -> prompts.require(List.of(Prompt.ofTokens(tokens, null)), false))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("in words");
    }

    @Test
    void moreTokensThanTheEncoderHasPlacesForAreRefused() {
        assertThatThrownBy(() -> new PromptEncoder(prompts.encoder(), 21, "models/x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 to 20 tokens, models/x needs 21");
    }

    @Test
    void closingItClosesTheEncoder() {
        prompts.close();
        assertThatThrownBy(() -> prompts.encode(manager, List.of(Prompt.ofText("a"))))
                .isInstanceOf(IllegalStateException.class);
    }
}
