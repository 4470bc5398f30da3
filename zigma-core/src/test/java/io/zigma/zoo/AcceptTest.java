package io.zigma.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What clients send, and which of the two answers they get. */
class AcceptTest {

    @ParameterizedTest(name = "{index}: {0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    ''                                                                     | json
                    */*                                                                    | json
                    image/png                                                              | png
                    IMAGE/PNG                                                              | png
                    image/*                                                                | png
                    image/png,*/*                                                          | png
                    image/png;q=0.5                                                        | png
                    image/png;q=0                                                          | json
                    image/*;q=0, */*                                                       | json
                    image/*, image/png;q=0                                                 | json
                    application/json                                                       | json
                    application/*                                                          | json
                    application/json, image/png                                            | png
                    image/png, application/json                                            | png
                    application/json;q=0.9, image/png;q=0.5                                | json
                    application/json;q=0.5, image/png;q=0.9                                | png
                    application/json; q=0.5 , image/* ; q=0.9                              | png
                    application/json;q=.5,image/*;q=1.000                                  | png
                    application/json;charset=utf-8;q=0.2, image/png;q=0.3                  | png
                    text/html,application/xhtml+xml,image/avif,image/webp,*/*;q=0.8        | json
                    image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8       | png
                    text/html                                                              | json
                    image/png;q=high                                                       | png
                    image/png;q=2, application/json;q=0.5                                  | png
                    image                                                                  | json
                    , ;q=1, image/png                                                      | png
                    """)
    void theAnswerIsWhatTheClientPrefers(String header, String answer) {
        assertThat(Accept.parse(header).prefers("image/png", "application/json"))
                .isEqualTo(answer.equals("png"));
    }
}
