package io.zigma.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.condition.Prompt;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ServingRequestTest {

    @Test
    void aClassNumberIsLookedUpAsAName() {
        // a model of the classes 1 … 9 has a class 3, which is not the fourth
        assertThat(
                        ServingRequest.parse(
                                        "{'class': 3}",
                                        RequestDefaults.of(Map.of()),
                                        ServingLimits.of(Map.of()))
                                .prompts())
                .containsExactly(Prompt.ofClass("3"));
    }
}
