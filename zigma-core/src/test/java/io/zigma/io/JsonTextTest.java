package io.zigma.io;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import org.junit.jupiter.api.Test;

class JsonTextTest {

    @Test
    void aFieldIsOnALineAndEveryCharacterAsItWas() {
        JsonObject json = new JsonObject();
        json.addProperty("format", "zigma");
        json.addProperty("command", "zigma train --data 'a & b' > log");

        assertThat(JsonText.of(json))
                .isEqualTo(
                        "{\n  \"format\": \"zigma\",\n  \"command\": \"zigma train --data 'a & b' > log\"\n}\n");
    }
}
