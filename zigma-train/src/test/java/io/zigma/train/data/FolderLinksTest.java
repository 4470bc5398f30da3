package io.zigma.train.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
class FolderLinksTest {

    @TempDir Path place;
    private Path folder;
    private Path store;

    @BeforeEach
    void makeFolders() throws IOException {
        folder = Files.createDirectory(place.resolve("data"));
        store = place.resolve("store");
        for (int i = 0; i < 3; i++) {
            TinyPictures.write(store.resolve(i + ".png"), Color.RED);
        }
    }

    @Test
    void theFolderItselfMayBeALink() throws IOException {
        Path link = Files.createSymbolicLink(place.resolve("link"), store);
        assertThat(open(link).size()).isEqualTo(3);
    }

    @Test
    void classFoldersMayBeLinks() throws IOException {
        Files.createSymbolicLink(folder.resolve("cats"), store);
        TinyPictures.write(folder.resolve("dogs/0.png"), Color.BLUE);
        ImageDataset data = open(folder);
        assertThat(data.labels()).containsExactly("cats", "dogs");
        assertThat(data.size()).isEqualTo(4);
    }

    @Test
    void twoClassesMayLinkToTheSameFolder() throws IOException {
        Files.createSymbolicLink(folder.resolve("cats"), store);
        Files.createSymbolicLink(folder.resolve("dogs"), store);
        assertThat(open(folder).size()).isEqualTo(6);
    }

    @Test
    void linksWithinAClassAreFollowed() throws IOException {
        TinyPictures.write(folder.resolve("cats/0.png"), Color.BLUE);
        Files.createSymbolicLink(folder.resolve("cats/more"), store);
        ImageDataset data = open(folder);
        assertThat(data.size()).isEqualTo(4);
        assertThat(data.warnings()).isEmpty();
    }

    @Test
    void aFolderThatIsLinkedTwiceWithinAClassIsReadOnce() throws IOException {
        Files.createDirectory(folder.resolve("cats"));
        Files.createSymbolicLink(folder.resolve("cats/a"), store);
        Files.createSymbolicLink(folder.resolve("cats/b"), store);
        ImageDataset data = open(folder);
        assertThat(data.size()).isEqualTo(3);
        assertThat(data.warnings()).singleElement().asString().contains("cats/b", "already");
    }

    @Test
    void linksThatLeadBackEndAndAreNamed() throws IOException {
        TinyPictures.write(folder.resolve("cats/0.png"), Color.BLUE);
        Files.createSymbolicLink(folder.resolve("cats/up"), folder);
        Files.createSymbolicLink(folder.resolve("cats/farther"), place);
        Files.createSymbolicLink(folder.resolve("cats/self"), folder.resolve("cats"));
        ImageDataset data = open(folder);
        assertThat(data.size()).isEqualTo(1);
        assertThat(data.warnings())
                .singleElement()
                .asString()
                .contains("cats/farther", "cats/self", "cats/up", "read already");
    }

    @Test
    void withoutClassesEveryPictureIsReadOnceHoweverManyLinksLeadToIt() throws IOException {
        TinyPictures.write(folder.resolve("cats/0.png"), Color.BLUE);
        TinyPictures.write(folder.resolve("dogs/0.png"), Color.RED);
        for (int i = 0; i < 6; i++) {
            Files.createSymbolicLink(folder.resolve("store" + i), store);
        }
        Files.createSymbolicLink(folder.resolve("cats/dogs"), folder.resolve("dogs"));
        Files.createSymbolicLink(folder.resolve("dogs/cats"), folder.resolve("cats"));
        ImageDataset data = Datasets.open(folder, TinyPictures.COLOUR.withEverything(true));
        assertThat(data.size()).isEqualTo(5);
        assertThat(data.warnings())
                .singleElement()
                .asString()
                .contains("and 4 more: lead to folders that are read already");
    }

    @Test
    void linksInARingAreNamed() throws IOException {
        TinyPictures.write(folder.resolve("cats/0.png"), Color.BLUE);
        Files.createSymbolicLink(folder.resolve("a"), Path.of("b"));
        Files.createSymbolicLink(folder.resolve("b"), Path.of("c"));
        Files.createSymbolicLink(folder.resolve("c"), Path.of("a"));
        ImageDataset data = open(folder);
        assertThat(data.size()).isEqualTo(1);
        assertThat(data.skipped())
                .hasSize(3)
                .allMatch(file -> file.toString().contains("is a link that leads nowhere"));
    }

    @Test
    void aLinkToItselfIsNamed() throws IOException {
        TinyPictures.write(folder.resolve("cats/0.png"), Color.BLUE);
        Path self = folder.resolve("cats/1.png");
        Files.createSymbolicLink(self, self);
        assertThat(open(folder).skipped())
                .singleElement()
                .asString()
                .contains("1.png", "which is a link that leads nowhere");
    }

    @Test
    void danglingLinksAreNamed() throws IOException {
        for (int i = 0; i < 3; i++) {
            Path link = folder.resolve("cats").resolve(i + ".png");
            Files.createDirectories(link.getParent());
            Files.createSymbolicLink(link, store.resolve(i + ".png"));
        }
        Path gone = place.resolve("gone.png");
        Files.createSymbolicLink(folder.resolve("cats/dangling.png"), gone);
        ImageDataset data = open(folder);
        assertThat(data.size()).isEqualTo(3);
        assertThat(data.skipped())
                .singleElement()
                .asString()
                .contains("dangling.png", gone.toString(), "not there");
    }

    @Test
    void aDanglingRootIsRefusedAsALink() throws IOException {
        Path link = Files.createSymbolicLink(place.resolve("link"), place.resolve("gone"));
        assertThatThrownBy(() -> open(link))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("a link to " + place.resolve("gone"));
    }

    private static ImageDataset open(Path folder) throws IOException {
        return Datasets.open(folder, TinyPictures.COLOUR);
    }
}
