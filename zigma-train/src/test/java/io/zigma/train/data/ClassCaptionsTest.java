package io.zigma.train.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassCaptionsTest {

    private static final List<String> TEMPLATES = List.of("a photo of a {}", "{}, seen by a {}");

    @TempDir Path folder;
    private ImageDataset pets;

    @BeforeEach
    void makePictures() throws IOException {
        TinyPictures.write(folder.resolve("cat/1.png"), Color.RED);
        TinyPictures.write(folder.resolve("dog/1.png"), Color.BLUE);
        pets = Datasets.open(folder, TinyPictures.COLOUR);
    }

    @Test
    void everyTemplateIsACaptionWithTheNameOfTheClass() {
        ImageDataset data = new ClassCaptions(pets, TEMPLATES);
        assertThat(data.captioned()).isTrue();
        assertThat(data.captions(1)).containsExactly("a photo of a dog", "dog, seen by a dog");
        assertThat(data.labels()).isEqualTo(pets.labels());
        assertThat(TinyPictures.values(data, 1)).isEqualTo(TinyPictures.values(pets, 1));
    }

    @Test
    void theContentHashCoversTheTemplates() {
        assertThat(
                        List.of(
                                pets.contentHash(),
                                new ClassCaptions(pets, TEMPLATES).contentHash(),
                                new ClassCaptions(pets, List.of("{}")).contentHash()))
                .doesNotHaveDuplicates();
    }

    @Test
    void whatCannotBeACaptionIsRefused() throws IOException {
        assertThatThrownBy(() -> new ClassCaptions(pets, List.of("a photo")))
                .hasMessageContaining("'a photo' has none");
        assertThatThrownBy(() -> new ClassCaptions(pets, List.of()))
                .hasMessageContaining("captions need a template");
        ImageDataset without = Datasets.open(folder, TinyPictures.COLOUR.withEverything(true));
        assertThatThrownBy(() -> new ClassCaptions(without, TEMPLATES))
                .hasMessageContaining("has no classes whose names could stand in captions");
    }
}
