package io.zigma.train.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Shards are read as they were packed, or refused with shard and member. */
class TarShardTest {

    private static final byte[] END = new byte[1024];

    @TempDir Path folder;

    private Path file(byte[]... parts) throws IOException {
        return Files.write(folder.resolve("000000.tar"), TinyTar.joined(parts));
    }

    private static void refused(Path file, String... parts) {
        assertThatThrownBy(() -> TarShard.members(file))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining(file.toString())
                .message()
                .contains(parts)
                .doesNotContain("\n");
    }

    @Test
    void membersAreWhatWasPacked() throws IOException {
        String name = "folder/" + "long".repeat(60) + "/\u00e9t\u00e9.txt";
        Path file =
                new TinyTar()
                        .with("./a.txt", "first")
                        .with("b.bin", new byte[1500])
                        .with(name, "last")
                        .write(folder.resolve("000000.tar"));

        List<TarShard.Member> members = TarShard.members(file);

        assertThat(members)
                .extracting(TarShard.Member::name)
                .containsExactly("a.txt", "b.bin", name);
        assertThat(TarShard.content(file, members.get(0)))
                .isEqualTo("first".getBytes(StandardCharsets.UTF_8));
        assertThat(TarShard.content(file, members.get(1))).hasSize(1500);
        assertThat(TarShard.content(file, members.get(2)))
                .isEqualTo("last".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aShardThatIsCutAnywhereIsRefused() throws IOException {
        byte[] whole = new TinyTar().with("a.txt", "first").with("b.txt", "second").bytes();
        for (int length = 0; length < 4 * 512; length += 100) {
            refused(file(Arrays.copyOf(whole, length)), "cut off");
        }
        refused(file(Arrays.copyOf(whole, 512 + 3)), "within member a.txt");
        refused(file(Arrays.copyOf(whole, 1024)), "after member a.txt");
    }

    @Test
    void aChangedByteOfAnyHeaderIsNoticed() throws IOException {
        byte[] whole = new TinyTar().with("a.txt", "first").with("b.txt", "second").bytes();
        for (int at = 0; at < 512; at++) {
            if (at == 155) {
                continue; // behind the end of the checksum itself
            }
            byte[] damaged = whole.clone();
            damaged[1024 + at] ^= 1;
            refused(file(damaged), "the member after a.txt", "damaged");
        }
        byte[] damaged = whole.clone();
        damaged[5] ^= 1;
        refused(file(damaged), "its first member", "damaged");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../a.txt", "a/../../b.txt", "/etc/a.txt", "a\\..\\..\\b.txt"})
    void aNameThatLeadsOutsideIsRefused(String name) throws IOException {
        byte[] header = TinyTar.claiming("x".repeat(name.length()), 0);
        System.arraycopy(name.getBytes(StandardCharsets.UTF_8), 0, header, 0, name.length());
        long sum = 0;
        for (int i = 0; i < 512; i++) {
            sum += i >= 148 && i < 156 ? ' ' : header[i] & 0xff;
        }
        byte[] digits =
                String.format(java.util.Locale.ROOT, "%06o\0 ", sum)
                        .getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(digits, 0, header, 148, 8);

        refused(file(header, END), "'" + name + "'", "outside the shard");
    }

    @Test
    void aSizeThatTheFileDoesNotHaveIsRefused() throws IOException {
        refused(file(TinyTar.claiming("bomb.jpg", 5_000_000_000L), END), "bomb.jpg", "cut off");
    }

    @Test
    void aMemberLargerThanAnyPictureIsRefused() throws IOException {
        Path sparse = folder.resolve("000000.tar");
        long size = (1L << 28) + 1;
        try (var channel =
                java.nio.channels.FileChannel.open(
                        sparse,
                        java.nio.file.StandardOpenOption.CREATE_NEW,
                        java.nio.file.StandardOpenOption.WRITE,
                        java.nio.file.StandardOpenOption.SPARSE)) {
            channel.write(java.nio.ByteBuffer.wrap(TinyTar.claiming("bomb.jpg", size)));
            channel.write(java.nio.ByteBuffer.wrap(END), 512 + (1L << 28) + 512);
        }

        refused(sparse, "member bomb.jpg", "256 MiB");
    }

    @Test
    void aHugeDescriptionOfTheNextMemberIsRefused() throws IOException {
        byte[] header =
                TinyTar.header("PaxHeaders/x", TarConstants.LF_PAX_EXTENDED_HEADER_LC, 1 << 20, "");
        refused(file(header, new byte[1 << 20], END), "PaxHeaders/x", "64 KiB");
    }

    @ParameterizedTest
    @ValueSource(strings = {"path=a.txt", "999999999999 path=a\n", "3 p", "0 \n", "11 path=b.txt"})
    void aDamagedPaxHeaderIsRefused(String lines) throws IOException {
        byte[] content = lines.getBytes(StandardCharsets.UTF_8);
        byte[] header =
                TinyTar.header(
                        "PaxHeaders/x", TarConstants.LF_PAX_EXTENDED_HEADER_LC, content.length, "");
        refused(
                file(header, Arrays.copyOf(content, 512), TinyTar.claiming("x.txt", 0), END),
                "PaxHeaders/x",
                "damaged pax header");
    }

    @Test
    void linksAndDevicesAreRefused() throws IOException {
        refused(
                file(TinyTar.header("a.jpg", TarConstants.LF_SYMLINK, 0, "/etc/passwd"), END),
                "member a.jpg",
                "is a link");
        refused(
                file(TinyTar.header("a.jpg", TarConstants.LF_LINK, 0, "b.jpg"), END),
                "member a.jpg",
                "is a link");
        refused(
                file(TinyTar.header("a.jpg", TarConstants.LF_CHR, 0, ""), END),
                "member a.jpg",
                "no plain file");
    }

    @Test
    void aPackedShardIsRefusedWithWhatToDo() throws IOException {
        refused(file(new byte[] {0x1f, (byte) 0x8b, 8, 0}), "gunzip");
    }

    @Test
    void noByteOfAnyKindMakesItFailInAnotherWay() throws IOException {
        byte[] whole = new TinyTar().with("a.txt", "first").with("b.txt", "second").bytes();
        java.util.SplittableRandom random = new java.util.SplittableRandom(3);
        for (int i = 0; i < 2000; i++) {
            byte[] damaged = whole.clone();
            for (int k = 0; k < 1 + i % 5; k++) {
                damaged[random.nextInt(2048)] = (byte) random.nextInt(256);
            }
            Path file = file(damaged);
            try {
                TarShard.members(file);
            } catch (DatasetException e) {
                assertThat(e).hasMessageContaining("000000.tar");
            }
        }
    }
}
