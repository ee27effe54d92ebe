"""Buttons with one label are told apart by what follows it, heard and not seen."""

from starlette.testclient import TestClient


class TestAbout:
    def test_what_a_button_is_for_follows_its_label(self, client: TestClient) -> None:
        page = client.get("/").text

        heard = '<span class="site-unseen">: Kasten &lt;7&gt;</span></button>'
        assert f'<span class="kern-label">Jetzt tun</span>{heard}' in page
        heard = '<span class="site-unseen">: Kästen</span></a>'
        assert f'<span class="kern-label">Alles ansehen</span>{heard}' in page

    def test_a_button_that_needs_none_says_its_label_alone(self, client: TestClient) -> None:
        assert '<span class="kern-label">Etwas eintragen</span></a>' in client.get("/").text
